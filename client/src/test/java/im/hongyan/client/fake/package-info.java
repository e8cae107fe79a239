/** A server of the protocol in memory, for tests of what is built on the client. */
@NullMarked
package im.hongyan.client.fake;

import org.jspecify.annotations.NullMarked;
