/** What is kept for how long (DESIGN.md 4). */
@NullMarked
package im.hongyan.transfer.retention;

import org.jspecify.annotations.NullMarked;
