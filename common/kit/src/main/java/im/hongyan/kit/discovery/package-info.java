/** Where services are found: in this JVM or on the network. */
@NullMarked
package im.hongyan.kit.discovery;

import org.jspecify.annotations.NullMarked;
