/** MongoDB's protocol: the inbox of the last days. */
@NullMarked
package im.hongyan.stores.mongo;

import org.jspecify.annotations.NullMarked;
