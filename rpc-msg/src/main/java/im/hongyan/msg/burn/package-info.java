/** Messages that are deleted once they were read (messaging.md 6.7). */
@NullMarked
package im.hongyan.msg.burn;

import org.jspecify.annotations.NullMarked;
