/** Follows the log for the index of words, and builds it from history (docs/decisions/0014). */
@NullMarked
package im.hongyan.transfer.search;

import org.jspecify.annotations.NullMarked;
