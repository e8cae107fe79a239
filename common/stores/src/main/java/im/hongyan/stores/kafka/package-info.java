/** Kafka: the lanes' logs. */
@NullMarked
package im.hongyan.stores.kafka;

import org.jspecify.annotations.NullMarked;
