/** The OpenAPI document of the REST routes, and a page to try them. */
@NullMarked
package im.hongyan.gatewayhttp.openapi;

import org.jspecify.annotations.NullMarked;
