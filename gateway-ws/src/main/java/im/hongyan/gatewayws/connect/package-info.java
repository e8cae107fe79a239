/** From a TCP connection to a user's connection. */
@NullMarked
package im.hongyan.gatewayws.connect;

import org.jspecify.annotations.NullMarked;
