/** Notifies users whom a message reached on no phone (messaging.md 7.2, 7.3, 7.6). */
@NullMarked
package im.hongyan.push.offline;

import org.jspecify.annotations.NullMarked;
