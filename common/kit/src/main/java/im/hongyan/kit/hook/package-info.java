/** Places where an operator's own code is asked before or told after something happens. */
@NullMarked
package im.hongyan.kit.hook;

import org.jspecify.annotations.NullMarked;
