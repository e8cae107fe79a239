/** A user's connection to the gateway: requests, pushes, heartbeat, resend and gap repair. */
@NullMarked
package im.hongyan.client.session;

import org.jspecify.annotations.NullMarked;
