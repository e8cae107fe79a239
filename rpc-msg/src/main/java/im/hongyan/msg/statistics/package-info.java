/** Who sent how many messages when, for administrators (rest-message.md 8). */
@NullMarked
package im.hongyan.msg.statistics;

import org.jspecify.annotations.NullMarked;
