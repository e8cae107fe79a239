/** Servers that only `./hongyan bench` measures. */
@NullMarked
package im.hongyan.benchservers;

import org.jspecify.annotations.NullMarked;
