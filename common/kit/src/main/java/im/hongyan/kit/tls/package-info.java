/** TLS of servers from PEM files that may change while they run. */
@NullMarked
package im.hongyan.kit.tls;

import org.jspecify.annotations.NullMarked;
