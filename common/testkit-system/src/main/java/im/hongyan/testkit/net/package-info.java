/** Faults of the network, made within the tests' JVM. */
@NullMarked
package im.hongyan.testkit.net;

import org.jspecify.annotations.NullMarked;
