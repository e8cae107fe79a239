/** The stores that tests share, one set per JVM; which servers they are is a setting. */
@NullMarked
package im.hongyan.testkit.stores;

import org.jspecify.annotations.NullMarked;
