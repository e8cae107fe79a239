/** Login tokens: the module and its configuration. */
@NullMarked
package im.hongyan.auth;

import org.jspecify.annotations.NullMarked;
