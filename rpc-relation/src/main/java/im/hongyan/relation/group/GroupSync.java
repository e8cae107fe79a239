package im.hongyan.relation.group;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.group.BatchGetIncrementalGroupMemberReq;
import im.hongyan.proto.group.BatchGetIncrementalGroupMemberResp;
import im.hongyan.proto.group.GetFullGroupMemberUserIDsReq;
import im.hongyan.proto.group.GetFullGroupMemberUserIDsResp;
import im.hongyan.proto.group.getIncrementalGroupMemberReq;
import im.hongyan.proto.group.getIncrementalGroupMemberResp;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.sdkws.GroupMemberFullInfo;
import im.hongyan.relation.user.UserDirectory;
import im.hongyan.relation.version.LogVersion;
import im.hongyan.relation.version.VersionDelta;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.group.GroupStatus;
import im.hongyan.wire.hash.ListHashes;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * How devices keep their copies of groups and their members (rest-group.md 7.6, 8.28 to 8.30). A
 * version is read before what it stands for, so an answer may hold more than its version says,
 * never less. Safe for use by several threads.
 */
public final class GroupSync implements Feature {
  /** Entries after which a batch answers no further group; the client asks again. So with bytes. */
  private static final int MOST_ENTRIES = 500;

  private final GroupSyncStore versions;
  private final GroupListStore groups;
  private final GroupViewReader views;
  private final GroupStore members;
  private final MemberInfos infos;

  /** Creates the feature. */
  public GroupSync(
      GroupSyncStore versions,
      GroupListStore groups,
      GroupViewReader views,
      GroupStore members,
      UserDirectory users) {
    this.versions = versions;
    this.groups = groups;
    this.views = views;
    this.members = members;
    infos = new MemberInfos(users);
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(groupGrpc.getGetFullGroupMemberUserIDsMethod(), this::getFullIds);
    rpcs.unary(groupGrpc.getGetIncrementalGroupMemberMethod(), this::getChanges);
    rpcs.unary(groupGrpc.getBatchGetIncrementalGroupMemberMethod(), this::getChangesOfMany);
  }

  /** The guard asks no administrator for a role, so that a group may be unknown here. */
  private GroupInfo require(GroupId groupId) {
    return members.find(groupId).orElseThrow(ImError.RECORD_NOT_FOUND::bare);
  }

  private GetFullGroupMemberUserIDsResp getFullIds(
      Caller caller, GetFullGroupMemberUserIDsReq request) {
    GroupId groupId = new GroupId(request.getGroupID());
    GroupInfo _ = require(groupId);
    LogVersion version = versions.version(groupId);
    List<String> ids = members.memberIds(groupId).stream().map(UserId::value).toList();
    boolean equal = ListHashes.idHash(ids) == request.getIdHash();
    return GetFullGroupMemberUserIDsResp.newBuilder()
        .setVersion(version.number())
        .setVersionID(version.id())
        .setEqual(equal)
        .addAllUserIDs(equal ? List.of() : ids)
        .build();
  }

  private getIncrementalGroupMemberResp getChanges(
      Caller caller, getIncrementalGroupMemberReq request) {
    GroupId groupId = new GroupId(request.getGroupID());
    if (isDismissed(require(groupId))) {
      throw ImError.DISMISSED_ALREADY.bare();
    }
    return changes(request, versions.version(groupId), () -> require(groupId));
  }

  private static boolean isDismissed(GroupInfo group) {
    return group.getStatus() == GroupStatus.DISMISSED;
  }

  /**
   * Groups that are unknown, dismissed or not the caller's are left out, and the clients forget
   * them. So are those behind the limit, which clients ask for again.
   */
  private BatchGetIncrementalGroupMemberResp getChangesOfMany(
      Caller caller, BatchGetIncrementalGroupMemberReq request) {
    Map<GroupId, getIncrementalGroupMemberReq> asked = new LinkedHashMap<>();
    request.getReqListList().forEach(one -> asked.putIfAbsent(new GroupId(one.getGroupID()), one));
    if (!caller.privileged()) {
      Set<GroupId> own = groups.roles(new UserId(caller.userId()), asked.keySet()).keySet();
      asked.keySet().retainAll(own);
    }
    Map<GroupId, LogVersion> current = views.versions(asked.keySet());
    Map<GroupId, GroupInfo> found = groups.find(asked.keySet());
    BatchGetIncrementalGroupMemberResp.Builder answer =
        BatchGetIncrementalGroupMemberResp.newBuilder();
    int entries = 0;
    long bytes = 0;
    for (Map.Entry<GroupId, getIncrementalGroupMemberReq> one : asked.entrySet()) {
      Optional<GroupInfo> group =
          Optional.ofNullable(found.get(one.getKey())).filter(known -> !isDismissed(known));
      if (entries >= MOST_ENTRIES || bytes > VersionDelta.MOST_BYTES || group.isEmpty()) {
        continue;
      }
      LogVersion version = current.getOrDefault(one.getKey(), LogVersion.NONE);
      getIncrementalGroupMemberResp changes = changes(one.getValue(), version, group::get);
      bytes += changes.getSerializedSize();
      if (bytes > VersionDelta.MOST_BYTES && answer.getRespListCount() > 0) {
        continue;
      }
      answer.putRespList(one.getKey().value(), changes);
      entries += changes.getDeleteCount() + changes.getInsertCount() + changes.getUpdateCount();
    }
    return answer.build();
  }

  /**
   * What a copy has to do.
   *
   * @param group read after the version
   */
  private getIncrementalGroupMemberResp changes(
      getIncrementalGroupMemberReq request, LogVersion current, Supplier<GroupInfo> group) {
    GroupId groupId = new GroupId(request.getGroupID());
    VersionDelta delta =
        versions.delta(groupId, current, request.getVersionID(), request.getVersion());
    getIncrementalGroupMemberResp.Builder answer =
        getIncrementalGroupMemberResp
            .newBuilder()
            .setVersion(current.number())
            .setVersionID(current.id())
            .setFull(delta.full())
            .setSortVersion(delta.orderVersion())
            .addAllDelete(users(delta.deleted()))
            .addAllInsert(infos(groupId, users(delta.inserted())))
            .addAllUpdate(infos(groupId, users(delta.updated())));
    boolean changed =
        delta.full()
            || !delta.deleted().isEmpty()
            || !delta.inserted().isEmpty()
            || !delta.updated().isEmpty();
    if (changed) {
      answer.setGroup(group.get());
    }
    getIncrementalGroupMemberResp built = answer.build();
    return built.getSerializedSize() <= VersionDelta.MOST_BYTES
        ? built
        : getIncrementalGroupMemberResp
            .newBuilder()
            .setVersion(built.getVersion())
            .setVersionID(built.getVersionID())
            .setFull(true)
            .setGroup(built.getGroup())
            .build();
  }

  /** Without the element that stands for the group itself. */
  private static List<String> users(List<String> elements) {
    List<String> users = new ArrayList<>(elements);
    users.remove("");
    return users;
  }

  /** Who is no member any more is left out. */
  private List<GroupMemberFullInfo> infos(GroupId groupId, List<String> ids) {
    return infos.of(views.members(groupId, ids.stream().map(UserId::new).toList()));
  }
}
