/** The rules by which everybody reads the log im-sequenced. */
@NullMarked
package im.hongyan.messagelog.lane;

import org.jspecify.annotations.NullMarked;
