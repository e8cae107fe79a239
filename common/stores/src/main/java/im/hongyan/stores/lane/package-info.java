/** The rules by which everybody reads the log im-sequenced. */
@NullMarked
package im.hongyan.stores.lane;

import org.jspecify.annotations.NullMarked;
