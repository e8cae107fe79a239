/** What follows the log of messages and what is kept of it; one package per store below. */
@NullMarked
package im.hongyan.messagelog;

import org.jspecify.annotations.NullMarked;
