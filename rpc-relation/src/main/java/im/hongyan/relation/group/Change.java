package im.hongyan.relation.group;

import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.relation.version.LogVersion;
import java.util.List;

/**
 * A group right after a change, while its row is still locked.
 *
 * @param version of its members' log, this change included
 * @param entered the joining members, in the order given
 */
public record Change(GroupInfo group, LogVersion version, List<Member> entered) {
  /** Copies the list. */
  public Change {
    entered = List.copyOf(entered);
  }
}
