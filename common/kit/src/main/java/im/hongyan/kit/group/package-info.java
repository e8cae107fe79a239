/** Groups as the services that send and push to them keep them (docs/protocol/group.md). */
@NullMarked
package im.hongyan.kit.group;

import org.jspecify.annotations.NullMarked;
