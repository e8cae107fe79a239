/** Caches of what another process may change. */
@NullMarked
package im.hongyan.kit.cache;

import org.jspecify.annotations.NullMarked;
