/** JMH benchmarks of the codecs; docs/performance.md keeps their table. */
@NullMarked
package im.hongyan.bench.micro;

import org.jspecify.annotations.NullMarked;
