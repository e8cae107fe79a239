/** What users do in a run, and the runner that measures it. On client/ alone. */
@NullMarked
package im.hongyan.bench.scenario;

import org.jspecify.annotations.NullMarked;
