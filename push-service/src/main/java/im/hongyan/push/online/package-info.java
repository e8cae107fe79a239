/** Delivery to the gateways of connected users. */
@NullMarked
package im.hongyan.push.online;

import org.jspecify.annotations.NullMarked;
