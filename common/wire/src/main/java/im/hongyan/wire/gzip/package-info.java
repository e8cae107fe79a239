/** Gzip with a bound on the inflated size (websocket.md 2.1). */
@NullMarked
package im.hongyan.wire.gzip;

import org.jspecify.annotations.NullMarked;
