/** Pages of lists. */
@NullMarked
package im.hongyan.relation.paging;

import org.jspecify.annotations.NullMarked;
