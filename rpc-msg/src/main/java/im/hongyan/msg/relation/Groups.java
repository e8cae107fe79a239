package im.hongyan.msg.relation;

import im.hongyan.relationclient.GroupView;
import im.hongyan.wire.id.GroupId;
import java.util.Optional;

/**
 * Groups as they are now: exact for whoever asks after a change was answered
 * (docs/protocol/group.md). Safe for use by several threads; may block.
 */
@FunctionalInterface
public interface Groups {
  /**
   * The group of that id, if there is one.
   *
   * @throws im.hongyan.wire.error.ImException 500 when rpc-relation does not answer
   */
  Optional<GroupView> find(GroupId groupId);
}
