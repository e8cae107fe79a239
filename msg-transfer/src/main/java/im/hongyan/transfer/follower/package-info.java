/** Writers that follow the log: inbox and history. */
@NullMarked
package im.hongyan.transfer.follower;

import org.jspecify.annotations.NullMarked;
