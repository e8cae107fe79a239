/** Users. */
@NullMarked
package im.hongyan.relation.user;

import org.jspecify.annotations.NullMarked;
