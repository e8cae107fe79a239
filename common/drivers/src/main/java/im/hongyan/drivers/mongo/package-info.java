/** MongoDB's protocol: the connection. */
@NullMarked
package im.hongyan.drivers.mongo;

import org.jspecify.annotations.NullMarked;
