/** The client of rpc-relation, as far as messages need it. */
@NullMarked
package im.hongyan.msg.relation;

import org.jspecify.annotations.NullMarked;
