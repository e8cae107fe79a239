/** Who is connected here, published to everybody who needs to know (websocket.md 7). */
@NullMarked
package im.hongyan.gatewayws.presence;

import org.jspecify.annotations.NullMarked;
