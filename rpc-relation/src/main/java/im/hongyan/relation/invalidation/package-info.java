/** Invalidates the caches of rows that other services keep. */
@NullMarked
package im.hongyan.relation.invalidation;

import org.jspecify.annotations.NullMarked;
