/** What is kept for how long (docs/architecture.md 4). */
@NullMarked
package im.hongyan.transfer.retention;

import org.jspecify.annotations.NullMarked;
