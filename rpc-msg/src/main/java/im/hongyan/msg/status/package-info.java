/** Whether what was sent over HTTP went out (messaging.md 3.9), and the time. */
@NullMarked
package im.hongyan.msg.status;

import org.jspecify.annotations.NullMarked;
