/** Changes of messages: read marks, revocations, deletions, clears (messaging.md 6). */
@NullMarked
package im.hongyan.msg.mutation;

import org.jspecify.annotations.NullMarked;
