/** Blacklists. */
@NullMarked
package im.hongyan.relation.black;

import org.jspecify.annotations.NullMarked;
