/** Users, friends, blacklists, groups and conversations: the module and its configuration. */
@NullMarked
package im.hongyan.relation;

import org.jspecify.annotations.NullMarked;
