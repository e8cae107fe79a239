/**
 * Real stores as children of this process or inside it, with their data in one folder
 * (docs/architecture.md 4).
 */
@NullMarked
package im.hongyan.embedded;

import org.jspecify.annotations.NullMarked;
