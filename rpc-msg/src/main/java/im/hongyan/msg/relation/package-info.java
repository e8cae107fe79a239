/** What messages need of rpc-relation. */
@NullMarked
package im.hongyan.msg.relation;

import org.jspecify.annotations.NullMarked;
