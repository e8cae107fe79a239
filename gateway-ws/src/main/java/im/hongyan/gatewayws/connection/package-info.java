/** A user's connection and all of them. */
@NullMarked
package im.hongyan.gatewayws.connection;

import org.jspecify.annotations.NullMarked;
