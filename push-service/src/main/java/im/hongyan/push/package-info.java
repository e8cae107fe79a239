/** From numbered to delivered: the module and its configuration. */
@NullMarked
package im.hongyan.push;

import org.jspecify.annotations.NullMarked;
