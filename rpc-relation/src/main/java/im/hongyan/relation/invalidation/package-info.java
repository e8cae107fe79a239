/** Tells other services that rows which they may have cached have changed. */
@NullMarked
package im.hongyan.relation.invalidation;

import org.jspecify.annotations.NullMarked;
