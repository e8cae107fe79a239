package im.hongyan.relation.group;

import im.hongyan.relation.version.LogVersion;
import im.hongyan.wire.group.GroupRole;
import im.hongyan.wire.group.GroupStatus;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.Utf8Order;
import im.hongyan.wire.notification.Notification;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** Groups in memory; safe for use by several threads. */
final class FakeGroupStore implements GroupStore, GroupViewStore {
  private static final class Stored {
    private Group group;
    private final List<Member> members = new ArrayList<>();
    private final TreeMap<String, Long> log = new TreeMap<>();
    private LogVersion version = LogVersion.NONE;

    private Stored(Group group) {
      this.group = group;
    }
  }

  private final Map<String, Stored> groups = new HashMap<>();
  private final List<Notification> told = new ArrayList<>();
  private final List<JoinRequest> requests = new ArrayList<>();

  synchronized List<Notification> told() {
    return List.copyOf(told);
  }

  synchronized List<JoinRequest> requests() {
    return List.copyOf(requests);
  }

  synchronized void dismiss(String groupId) {
    Stored stored = Objects.requireNonNull(groups.get(groupId));
    Group g = stored.group;
    stored.group =
        new Group(
            g.groupId(),
            g.texts(),
            g.rules(),
            GroupStatus.DISMISSED,
            g.ownerUserId(),
            g.creatorUserId(),
            g.createTimeMillis(),
            g.memberCount());
  }

  /** As leaving will do it. */
  synchronized void leave(String groupId, String userId) {
    Stored stored = Objects.requireNonNull(groups.get(groupId));
    stored.members.removeIf(member -> member.userId().equals(userId));
    stored.version = new LogVersion(stored.version.id(), stored.version.number() + 1);
    stored.log.put(userId, stored.version.number());
    stored.group = stored.group.withMemberCount(stored.members.size());
  }

  @Override
  public synchronized Optional<Group> find(String groupId) {
    return Optional.ofNullable(groups.get(groupId)).map(stored -> stored.group);
  }

  @Override
  public synchronized List<Member> members(String groupId, Collection<String> userIds) {
    return all(groupId).stream().filter(m -> userIds.contains(m.userId())).toList();
  }

  private List<Member> all(String groupId) {
    Stored stored = groups.get(groupId);
    return stored == null ? List.of() : stored.members;
  }

  @Override
  public synchronized List<String> memberIds(String groupId) {
    return all(groupId).stream()
        .sorted(Comparator.comparing(Member::role))
        .map(Member::userId)
        .toList();
  }

  @Override
  public synchronized List<String> handlerIds(String groupId, int most) {
    return all(groupId).stream()
        .filter(member -> member.role() != GroupRole.ORDINARY)
        .sorted(Comparator.comparing(Member::role))
        .limit(most)
        .map(Member::userId)
        .toList();
  }

  @Override
  public synchronized boolean create(
      Group group, List<Member> members, Function<Change, List<Notification>> notifications) {
    if (groups.containsKey(group.groupId())) {
      return false;
    }
    Stored stored = new Stored(group);
    groups.put(group.groupId(), stored);
    admit(stored, members, notifications);
    return true;
  }

  private void admit(
      Stored stored, List<Member> fresh, Function<Change, List<Notification>> notifications) {
    String id =
        stored.version.id().isEmpty() ? MessageIds.next().substring(8) : stored.version.id();
    LogVersion version = new LogVersion(id, stored.version.number() + 1);
    List<Member> entered = fresh.stream().map(m -> m.joinedAt(version.number())).toList();
    Group group = stored.group.withMemberCount(stored.group.memberCount() + entered.size());
    told.addAll(notifications.apply(new Change(group, version, entered)));
    stored.version = version;
    stored.group = group;
    stored.members.addAll(entered);
    entered.forEach(member -> stored.log.put(member.userId(), version.number()));
  }

  @Override
  public synchronized Outcome enter(
      String groupId,
      List<Member> members,
      int mostMembers,
      Function<Change, List<Notification>> notifications) {
    Stored stored = groups.get(groupId);
    if (stored == null || stored.group.dismissed()) {
      return stored == null ? Outcome.NO_GROUP : Outcome.DISMISSED;
    }
    List<String> there = memberIds(groupId);
    List<Member> fresh = members.stream().filter(m -> !there.contains(m.userId())).toList();
    if (there.size() + fresh.size() > mostMembers) {
      return Outcome.FULL;
    }
    if (!fresh.isEmpty()) {
      admit(stored, fresh, notifications);
    }
    return Outcome.DONE;
  }

  @Override
  public synchronized Outcome apply(
      String groupId, List<JoinRequest> asked, RequestNotifications notifications) {
    Stored stored = groups.get(groupId);
    if (stored == null || stored.group.dismissed()) {
      return stored == null ? Outcome.NO_GROUP : Outcome.DISMISSED;
    }
    List<String> there = memberIds(groupId);
    List<JoinRequest> open = asked.stream().filter(r -> !there.contains(r.userId())).toList();
    told.addAll(notifications.of(stored.group, open));
    for (JoinRequest request : open) {
      requests.removeIf(
          old -> old.groupId().equals(groupId) && old.userId().equals(request.userId()));
      requests.add(request);
    }
    return Outcome.DONE;
  }

  @Override
  public synchronized Map<String, LogVersion> versions(Collection<String> groupIds) {
    Map<String, LogVersion> found = new HashMap<>();
    for (String id : groupIds) {
      Stored stored = groups.get(id);
      if (stored != null) {
        found.put(id, stored.version);
      }
    }
    return found;
  }

  @Override
  public synchronized List<String> changedSince(String groupId, long version, int most) {
    Stored stored = groups.get(groupId);
    return stored == null
        ? List.of()
        : stored.log.entrySet().stream()
            .filter(entry -> entry.getValue() > version)
            .map(Map.Entry::getKey)
            .limit(most)
            .toList();
  }

  @Override
  public synchronized List<Member> membersAfter(String groupId, String userId, int most) {
    return all(groupId).stream()
        .filter(member -> Utf8Order.INSTANCE.compare(member.userId(), userId) > 0)
        .sorted(Comparator.comparing(Member::userId, Utf8Order.INSTANCE))
        .limit(most)
        .toList();
  }
}
