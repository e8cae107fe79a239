/** Kafka: where it is and how the lanes are laid out. */
@NullMarked
package im.hongyan.drivers.kafka;

import org.jspecify.annotations.NullMarked;
