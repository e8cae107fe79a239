/** The HTTP gateway: the module, its configuration and its routes. */
@NullMarked
package im.hongyan.gatewayhttp;

import org.jspecify.annotations.NullMarked;
