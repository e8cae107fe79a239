/** The two envelopes of the gateway, in gob and in JSON (websocket.md 2 and 3). */
@NullMarked
package im.hongyan.wire.frame;

import org.jspecify.annotations.NullMarked;
