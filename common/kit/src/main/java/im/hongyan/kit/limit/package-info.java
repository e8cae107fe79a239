/** Limits as objects. */
@NullMarked
package im.hongyan.kit.limit;

import org.jspecify.annotations.NullMarked;
