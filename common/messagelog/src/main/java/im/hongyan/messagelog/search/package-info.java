/**
 * The index of words of messages: what is indexed, and how it is written and asked
 * (docs/decisions/0014).
 */
@NullMarked
package im.hongyan.messagelog.search;

import org.jspecify.annotations.NullMarked;
