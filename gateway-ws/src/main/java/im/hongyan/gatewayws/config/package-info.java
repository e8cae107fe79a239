/** The settings of the WebSocket gateway. */
@NullMarked
package im.hongyan.gatewayws.config;

import org.jspecify.annotations.NullMarked;
