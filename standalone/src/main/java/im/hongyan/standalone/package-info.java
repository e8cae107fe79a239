/** Every service in one JVM over embedded stores: the first run, small installations, and tests. */
@NullMarked
package im.hongyan.standalone;

import org.jspecify.annotations.NullMarked;
