/** Groups, their members and requests to enter. */
@NullMarked
package im.hongyan.relation.group;

import org.jspecify.annotations.NullMarked;
