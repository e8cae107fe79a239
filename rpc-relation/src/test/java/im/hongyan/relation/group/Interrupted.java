package im.hongyan.relation.group;

import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.relation.version.LogVersion;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A store that something happens to between two reads. Used by one thread at a time. */
final class Interrupted implements GroupViewReader {
  private final GroupViewReader store;
  private final Runnable event;
  private int readsBefore;

  Interrupted(GroupViewReader store, int readsBefore, Runnable event) {
    this.store = store;
    this.readsBefore = readsBefore;
    this.event = event;
  }

  private void read() {
    if (readsBefore == 0) {
      event.run();
    }
    readsBefore--;
  }

  @Override
  public Map<GroupId, LogVersion> versions(Collection<GroupId> groupIds) {
    read();
    return store.versions(groupIds);
  }

  @Override
  public Optional<GroupInfo> find(GroupId groupId) {
    read();
    return store.find(groupId);
  }

  @Override
  public List<UserId> changedSince(GroupId groupId, long version, int most) {
    read();
    return store.changedSince(groupId, version, most);
  }

  @Override
  public List<Member> members(GroupId groupId, Collection<UserId> userIds) {
    read();
    return store.members(groupId, userIds);
  }

  @Override
  public List<Member> membersAfter(GroupId groupId, UserId userId, int most) {
    read();
    return store.membersAfter(groupId, userId, most);
  }
}
