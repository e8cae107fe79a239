/** Measures single parts by themselves: the embedded broker, the WebSocket gateway. */
@NullMarked
package im.hongyan.standalone.spike;

import org.jspecify.annotations.NullMarked;
