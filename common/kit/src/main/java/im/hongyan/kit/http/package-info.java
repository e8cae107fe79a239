/** A small HTTP server on Netty. */
@NullMarked
package im.hongyan.kit.http;

import org.jspecify.annotations.NullMarked;
