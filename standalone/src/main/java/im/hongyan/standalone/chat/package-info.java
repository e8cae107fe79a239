/** The terminal chat, over {@code client} alone. */
@NullMarked
package im.hongyan.standalone.chat;

import org.jspecify.annotations.NullMarked;
