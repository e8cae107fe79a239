/** Search of messages, by words and by facts (docs/protocol/messages.md, Search). */
@NullMarked
package im.hongyan.msg.search;

import org.jspecify.annotations.NullMarked;
