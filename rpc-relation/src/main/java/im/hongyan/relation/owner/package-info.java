/** Whose conversations are. */
@NullMarked
package im.hongyan.relation.owner;

import org.jspecify.annotations.NullMarked;
