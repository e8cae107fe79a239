/** A user's conversations. */
@NullMarked
package im.hongyan.relation.conversation;

import org.jspecify.annotations.NullMarked;
