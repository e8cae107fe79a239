/** Versions of lists that clients and caches follow. */
@NullMarked
package im.hongyan.relation.version;

import org.jspecify.annotations.NullMarked;
