/** Issuing, checking and ending login tokens. */
@NullMarked
package im.hongyan.auth.login;

import org.jspecify.annotations.NullMarked;
