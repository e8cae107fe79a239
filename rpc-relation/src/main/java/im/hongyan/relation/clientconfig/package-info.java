/** Settings that clients read. */
@NullMarked
package im.hongyan.relation.clientconfig;

import org.jspecify.annotations.NullMarked;
