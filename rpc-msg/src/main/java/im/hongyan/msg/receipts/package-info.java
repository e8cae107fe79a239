/** Who has read messages of a group. */
@NullMarked
package im.hongyan.msg.receipts;

import org.jspecify.annotations.NullMarked;
