/** The meters of the WebSocket gateway. */
@NullMarked
package im.hongyan.gatewayws.metrics;

import org.jspecify.annotations.NullMarked;
