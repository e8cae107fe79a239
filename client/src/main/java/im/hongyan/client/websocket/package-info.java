/** A blocking WebSocket client (RFC 6455), made for virtual threads. */
@NullMarked
package im.hongyan.client.websocket;

import org.jspecify.annotations.NullMarked;
