/** How long history is kept, and what goes out of it (messaging.md 8, docs/decisions/0015). */
@NullMarked
package im.hongyan.msg.retention;

import org.jspecify.annotations.NullMarked;
