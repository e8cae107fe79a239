/** A server that does nothing but answer, in a process of its own, to measure the driver itself. */
@NullMarked
package im.hongyan.bench.echo;

import org.jspecify.annotations.NullMarked;
