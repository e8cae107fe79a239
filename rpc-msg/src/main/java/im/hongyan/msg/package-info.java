/** Messages: the module and its configuration. */
@NullMarked
package im.hongyan.msg;

import org.jspecify.annotations.NullMarked;
