/** Who is online, on which platforms. */
@NullMarked
package im.hongyan.relation.presence;

import org.jspecify.annotations.NullMarked;
