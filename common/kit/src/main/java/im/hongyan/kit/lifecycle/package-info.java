/** Starting and stopping in order. */
@NullMarked
package im.hongyan.kit.lifecycle;

import org.jspecify.annotations.NullMarked;
