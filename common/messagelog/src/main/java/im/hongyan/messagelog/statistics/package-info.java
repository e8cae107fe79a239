/**
 * Who sent how many messages when: how that is kept, and how it is asked (rest-message.md 8;
 * docs/protocol/messages.md, Statistics).
 */
@NullMarked
package im.hongyan.messagelog.statistics;

import org.jspecify.annotations.NullMarked;
