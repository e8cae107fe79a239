/** REST calls of the protocol: any route, and the few that every tool needs. */
@NullMarked
package im.hongyan.client.rest;

import org.jspecify.annotations.NullMarked;
