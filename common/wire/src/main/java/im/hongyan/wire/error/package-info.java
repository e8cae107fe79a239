/** The protocol's error codes and the one exception that carries them. */
@NullMarked
package im.hongyan.wire.error;

import org.jspecify.annotations.NullMarked;
