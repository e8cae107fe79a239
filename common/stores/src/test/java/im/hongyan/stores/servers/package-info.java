/** The servers that the contract tests run on. */
@NullMarked
package im.hongyan.stores.servers;

import org.jspecify.annotations.NullMarked;
