/** The way of notifications from the change to rpc-msg. */
@NullMarked
package im.hongyan.relation.outbox;

import org.jspecify.annotations.NullMarked;
