/** Who makes a call and how that travels between services. */
@NullMarked
package im.hongyan.kit.call;

import org.jspecify.annotations.NullMarked;
