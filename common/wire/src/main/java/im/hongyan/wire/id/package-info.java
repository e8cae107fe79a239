/** Conversation ids, their twins, and the lane a conversation belongs to. */
@NullMarked
package im.hongyan.wire.id;

import org.jspecify.annotations.NullMarked;
