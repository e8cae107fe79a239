/** Login tokens: issuing and verifying the JWT of the protocol. */
@NullMarked
package im.hongyan.wire.token;

import org.jspecify.annotations.NullMarked;
