/** Messages to very many users, sent one by one in the background. */
@NullMarked
package im.hongyan.relation.batchsend;

import org.jspecify.annotations.NullMarked;
