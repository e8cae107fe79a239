/** Applications to become somebody's friend. */
@NullMarked
package im.hongyan.relation.friendrequest;

import org.jspecify.annotations.NullMarked;
