package im.hongyan.relation.group;

import im.hongyan.kit.rpc.Unary;
import im.hongyan.proto.groups.ChangesAnswer;
import im.hongyan.proto.groups.ChangesRequest;
import im.hongyan.proto.groups.GroupVersion;
import im.hongyan.proto.groups.GroupViewsGrpc;
import im.hongyan.proto.groups.GroupsProto;
import im.hongyan.proto.groups.VersionsAnswer;
import im.hongyan.proto.groups.VersionsRequest;
import im.hongyan.relation.version.LogVersion;
import im.hongyan.wire.authz.Access;
import im.hongyan.wire.authz.AuthorisationTable;
import im.hongyan.wire.error.ImError;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Groups for our own services that keep copies of them (docs/protocol/group.md). Every answer's
 * version is read before the rest: what it holds may be newer than it says and never older, so a
 * follower gets some changes twice and none never.
 */
public final class GroupViewsApi extends GroupViewsGrpc.GroupViewsImplBase {
  private static final int MOST_GROUPS = 1_000;

  /** More changes than this are answered with all there is. */
  private static final int MOST_CHANGES = 1_000;

  private final GroupViewStore store;
  private final int pageSize;

  /**
   * Creates the endpoint.
   *
   * @param pageSize members in one answer
   */
  public GroupViewsApi(GroupViewStore store, int pageSize) {
    this.store = store;
    this.pageSize = pageSize;
  }

  /** Only our own services. */
  public static AuthorisationTable access() {
    var service = GroupsProto.getDescriptor().findServiceByName("GroupViews");
    return AuthorisationTable.builder()
        .covers(service)
        .allow(service, "Versions", Access.internal())
        .allow(service, "Changes", Access.internal())
        .build();
  }

  @Override
  public void versions(VersionsRequest request, StreamObserver<VersionsAnswer> reply) {
    Unary.reply(
        reply,
        () -> {
          if (request.getGroupIdsCount() > MOST_GROUPS) {
            throw ImError.ARGS.with("more than " + MOST_GROUPS + " groups");
          }
          Map<String, LogVersion> found = store.versions(Set.copyOf(request.getGroupIdsList()));
          VersionsAnswer.Builder answer = VersionsAnswer.newBuilder();
          for (String id : request.getGroupIdsList()) {
            answer.addVersions(message(found.getOrDefault(id, LogVersion.NONE)));
          }
          return answer.build();
        });
  }

  private static GroupVersion message(LogVersion version) {
    return GroupVersion.newBuilder().setId(version.id()).setNumber(version.number()).build();
  }

  @Override
  public void changes(ChangesRequest request, StreamObserver<ChangesAnswer> reply) {
    Unary.reply(reply, () -> changes(request));
  }

  private ChangesAnswer changes(ChangesRequest request) {
    String groupId = request.getGroupId();
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
      List<String> changed = store.changedSince(groupId, known.getNumber(), MOST_CHANGES + 1);
      if (changed.size() <= MOST_CHANGES) {
        return delta(groupId, changed, answer);
      }
    }
    return page(groupId, request.getAfterUserId(), answer);
  }

  /** Marks of the log that are no users have no member either, and mean nothing to a follower. */
  private ChangesAnswer delta(String groupId, List<String> changed, ChangesAnswer.Builder answer) {
    Set<String> left = new HashSet<>(changed);
    for (Member member : store.members(groupId, changed)) {
      left.remove(member.userId());
      answer.addMembers(GroupMessages.state(member));
    }
    left.remove("");
    return answer.addAllLeft(left).build();
  }

  private ChangesAnswer page(String groupId, String afterUserId, ChangesAnswer.Builder answer) {
    List<Member> found = new ArrayList<>(store.membersAfter(groupId, afterUserId, pageSize + 1));
    boolean more = found.size() > pageSize;
    found.stream()
        .limit(pageSize)
        .forEach(member -> answer.addMembers(GroupMessages.state(member)));
    return answer.setFull(true).setMore(more).build();
  }
}
