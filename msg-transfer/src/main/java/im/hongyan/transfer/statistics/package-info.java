/** Follows the log to count messages, and counts those of history (docs/protocol/messages.md). */
@NullMarked
package im.hongyan.transfer.statistics;

import org.jspecify.annotations.NullMarked;
