/** Friends. */
@NullMarked
package im.hongyan.relation.friend;

import org.jspecify.annotations.NullMarked;
