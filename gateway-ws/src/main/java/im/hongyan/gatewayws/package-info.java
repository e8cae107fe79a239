/** The WebSocket gateway: the module and its configuration. */
@NullMarked
package im.hongyan.gatewayws;

import org.jspecify.annotations.NullMarked;
