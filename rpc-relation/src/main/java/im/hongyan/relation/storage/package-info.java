/** Where relations are kept. */
@NullMarked
package im.hongyan.relation.storage;

import org.jspecify.annotations.NullMarked;
