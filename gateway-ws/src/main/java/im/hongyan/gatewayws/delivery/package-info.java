/** What is pushed to clients. */
@NullMarked
package im.hongyan.gatewayws.delivery;

import org.jspecify.annotations.NullMarked;
