package im.hongyan.relation.conversation;

import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.wire.id.GroupId;
import java.util.Optional;

/** Looks groups up. Safe for use by several threads; may block. */
@FunctionalInterface
public interface GroupDirectory {
  /** A group, if it exists. */
  Optional<GroupInfo> find(GroupId groupId);
}
