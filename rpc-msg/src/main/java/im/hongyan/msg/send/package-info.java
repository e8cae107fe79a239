/** Accepting messages. */
@NullMarked
package im.hongyan.msg.send;

import org.jspecify.annotations.NullMarked;
