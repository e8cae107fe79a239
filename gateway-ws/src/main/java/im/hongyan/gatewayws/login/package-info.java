/** Letting users in, and holding their logins against each other (websocket.md 6). */
@NullMarked
package im.hongyan.gatewayws.login;

import org.jspecify.annotations.NullMarked;
