/** The history of messages, read positions and followers' positions, in MySQL. */
@NullMarked
package im.hongyan.messagelog.mysql;

import org.jspecify.annotations.NullMarked;
