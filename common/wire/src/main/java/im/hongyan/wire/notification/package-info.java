/** Messages of the system about changes. */
@NullMarked
package im.hongyan.wire.notification;

import org.jspecify.annotations.NullMarked;
