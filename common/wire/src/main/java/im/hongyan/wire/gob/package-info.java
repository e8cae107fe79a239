/** Go's gob encoding as far as flat structs need it, with limits (websocket.md 3). */
@NullMarked
package im.hongyan.wire.gob;

import org.jspecify.annotations.NullMarked;
