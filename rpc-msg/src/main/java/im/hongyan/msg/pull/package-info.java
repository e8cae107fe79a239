/** Seqs and messages for readers. */
@NullMarked
package im.hongyan.msg.pull;

import org.jspecify.annotations.NullMarked;
