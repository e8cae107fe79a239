/** Redis: the lanes' seqs, caches, windows and tickets, and plain access. */
@NullMarked
package im.hongyan.stores.redis;

import org.jspecify.annotations.NullMarked;
