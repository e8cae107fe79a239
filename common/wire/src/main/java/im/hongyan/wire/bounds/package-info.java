/** How much a request may hold, counted while it is read. */
@NullMarked
package im.hongyan.wire.bounds;

import org.jspecify.annotations.NullMarked;
