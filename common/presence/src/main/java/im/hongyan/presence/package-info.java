/** Which gateway holds which user, in Redis: written by gateways, read by all. */
@NullMarked
package im.hongyan.presence;

import org.jspecify.annotations.NullMarked;
