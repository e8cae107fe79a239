/** Where clients come from. */
@NullMarked
package im.hongyan.kit.net;

import org.jspecify.annotations.NullMarked;
