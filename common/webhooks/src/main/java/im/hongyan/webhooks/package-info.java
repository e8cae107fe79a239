/** Hook points of the services, and the one sender of webhooks. */
@NullMarked
package im.hongyan.webhooks;

import org.jspecify.annotations.NullMarked;
