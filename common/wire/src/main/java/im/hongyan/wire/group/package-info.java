/** Numbers of groups and of their members. */
@NullMarked
package im.hongyan.wire.group;

import org.jspecify.annotations.NullMarked;
