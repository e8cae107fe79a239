/** The stores of rpc-msg beside the message log. */
@NullMarked
package im.hongyan.msg.storage;

import org.jspecify.annotations.NullMarked;
