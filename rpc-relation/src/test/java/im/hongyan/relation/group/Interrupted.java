package im.hongyan.relation.group;

import im.hongyan.relation.version.LogVersion;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A store that something happens to between two reads. Used by one thread at a time. */
final class Interrupted implements GroupViewStore {
  private final GroupViewStore store;
  private final Runnable event;
  private int readsBefore;

  Interrupted(GroupViewStore store, int readsBefore, Runnable event) {
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
  public Map<String, LogVersion> versions(Collection<String> groupIds) {
    read();
    return store.versions(groupIds);
  }

  @Override
  public Optional<Group> find(String groupId) {
    read();
    return store.find(groupId);
  }

  @Override
  public List<String> changedSince(String groupId, long version, int most) {
    read();
    return store.changedSince(groupId, version, most);
  }

  @Override
  public List<Member> members(String groupId, Collection<String> userIds) {
    read();
    return store.members(groupId, userIds);
  }

  @Override
  public List<Member> membersAfter(String groupId, String userId, int most) {
    read();
    return store.membersAfter(groupId, userId, most);
  }
}
