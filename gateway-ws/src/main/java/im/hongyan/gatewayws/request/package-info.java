/** What clients ask. */
@NullMarked
package im.hongyan.gatewayws.request;

import org.jspecify.annotations.NullMarked;
