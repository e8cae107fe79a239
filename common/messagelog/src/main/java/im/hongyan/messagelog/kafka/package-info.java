/** Kafka: the lanes' logs, their producers and consumers, and dead letters. */
@NullMarked
package im.hongyan.messagelog.kafka;

import org.jspecify.annotations.NullMarked;
