/** What users are told of changes. */
@NullMarked
package im.hongyan.relation.notification;

import org.jspecify.annotations.NullMarked;
