/** What a run measures: latencies, the fate of each message, CPU time; and the report of it. */
@NullMarked
package im.hongyan.bench.measure;

import org.jspecify.annotations.NullMarked;
