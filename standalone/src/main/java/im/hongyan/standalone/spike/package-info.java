/** Measures what the embedded broker costs by itself; docs/performance.md keeps the table. */
@NullMarked
package im.hongyan.standalone.spike;

import org.jspecify.annotations.NullMarked;
