/** Notification accounts. */
@NullMarked
package im.hongyan.relation.account;

import org.jspecify.annotations.NullMarked;
