/** What an operator is shown of a store: whether it can be used, and what to do where it cannot. */
@NullMarked
package im.hongyan.drivers.check;

import org.jspecify.annotations.NullMarked;
