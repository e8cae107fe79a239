/** Open-loop load: when each message is due, and a loop that keeps to it. */
@NullMarked
package im.hongyan.bench.load;

import org.jspecify.annotations.NullMarked;
