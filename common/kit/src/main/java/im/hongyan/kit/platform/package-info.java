/** What differs between one JVM and many processes. */
@NullMarked
package im.hongyan.kit.platform;

import org.jspecify.annotations.NullMarked;
