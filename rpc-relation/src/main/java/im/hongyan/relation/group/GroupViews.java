package im.hongyan.relation.group;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.groups.ChangesAnswer;
import im.hongyan.proto.groups.ChangesRequest;
import im.hongyan.proto.groups.GroupVersion;
import im.hongyan.proto.groups.GroupViewsGrpc;
import im.hongyan.proto.groups.VersionsAnswer;
import im.hongyan.proto.groups.VersionsRequest;
import im.hongyan.relation.version.LogVersion;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Groups for our own services that keep copies of them (docs/protocol/group.md). Every answer's
 * version is read before the rest: what it holds may be newer than the version and never older, so
 * a follower gets some changes twice and none never. Safe for use by several threads.
 */
public final class GroupViews implements Feature {
  /** More changes than this are answered with all there is. */
  private static final int MOST_CHANGES = 1_000;

  private final GroupViewReader store;
  private final int pageSize;

  /**
   * Creates the feature.
   *
   * @param pageSize members in one answer
   */
  public GroupViews(GroupViewReader store, int pageSize) {
    this.store = store;
    this.pageSize = pageSize;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(GroupViewsGrpc.getVersionsMethod(), this::versions);
    rpcs.unary(GroupViewsGrpc.getChangesMethod(), this::changes);
  }

  private VersionsAnswer versions(Caller caller, VersionsRequest request) {
    List<GroupId> asked = request.getGroupIdsList().stream().map(GroupId::new).toList();
    Map<GroupId, LogVersion> found = store.versions(Set.copyOf(asked));
    VersionsAnswer.Builder answer = VersionsAnswer.newBuilder();
    for (GroupId id : asked) {
      answer.addVersions(message(found.getOrDefault(id, LogVersion.NONE)));
    }
    return answer.build();
  }

  private static GroupVersion message(LogVersion version) {
    return GroupVersion.newBuilder().setId(version.id()).setNumber(version.number()).build();
  }

  private ChangesAnswer changes(Caller caller, ChangesRequest request) {
    GroupId groupId = new GroupId(request.getGroupId());
    LogVersion version = store.versions(List.of(groupId)).getOrDefault(groupId, LogVersion.NONE);
    ChangesAnswer.Builder answer = ChangesAnswer.newBuilder().setVersion(message(version));
    store.find(groupId).ifPresent(group -> answer.setGroup(GroupMessages.state(group)));
    GroupVersion known = request.getKnown();
    boolean follows =
        request.getAfterUserId().isEmpty()
            && !known.getId().isEmpty()
            && known.getId().equals(version.id())
            && Long.compareUnsigned(known.getNumber(), version.number()) <= 0;
    if (follows) {
      List<UserId> changed = store.changedSince(groupId, known.getNumber(), MOST_CHANGES + 1);
      if (changed.size() <= MOST_CHANGES) {
        return delta(groupId, changed, answer);
      }
    }
    return page(groupId, new UserId(request.getAfterUserId()), answer);
  }

  /** Marks of the log that are no users have no member either, and mean nothing to a follower. */
  private ChangesAnswer delta(GroupId groupId, List<UserId> changed, ChangesAnswer.Builder answer) {
    Set<UserId> left = new HashSet<>(changed);
    for (Member member : store.members(groupId, changed)) {
      left.remove(member.userId());
      answer.addMembers(GroupMessages.state(member));
    }
    left.remove(new UserId(""));
    return answer.addAllLeft(left.stream().map(UserId::value).toList()).build();
  }

  private ChangesAnswer page(GroupId groupId, UserId after, ChangesAnswer.Builder answer) {
    List<Member> found = store.membersAfter(groupId, after, pageSize + 1);
    boolean more = found.size() > pageSize;
    found.stream()
        .limit(pageSize)
        .forEach(member -> answer.addMembers(GroupMessages.state(member)));
    return answer.setFull(true).setMore(more).build();
  }
}
