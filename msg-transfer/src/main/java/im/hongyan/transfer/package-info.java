/** From accepted to numbered and stored: the module and its configuration. */
@NullMarked
package im.hongyan.transfer;

import org.jspecify.annotations.NullMarked;
