/** Tokens by which the providers of offline push know a device. */
@NullMarked
package im.hongyan.push.token;

import org.jspecify.annotations.NullMarked;
