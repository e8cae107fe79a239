/** How a process writes its log. */
@NullMarked
package im.hongyan.kit.logging;

import org.jspecify.annotations.NullMarked;
