/** Redis: connections, scripts and answers. */
@NullMarked
package im.hongyan.drivers.redis;

import org.jspecify.annotations.NullMarked;
