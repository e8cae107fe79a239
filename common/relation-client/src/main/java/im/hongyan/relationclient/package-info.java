/** Exact copies of groups, for services that ask rpc-relation for every message. */
@NullMarked
package im.hongyan.relationclient;

import org.jspecify.annotations.NullMarked;
