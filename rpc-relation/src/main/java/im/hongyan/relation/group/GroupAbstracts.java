package im.hongyan.relation.group;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.group.GetGroupAbstractInfoReq;
import im.hongyan.proto.group.GetGroupAbstractInfoResp;
import im.hongyan.proto.group.GroupAbstractInfo;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.relation.user.UserDirectory;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.hash.MemberListHash;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Sizes and hashes of groups' member lists (rest-group.md 7.7, 8.24). It reads all members, by key,
 * some at a time. Safe for use by several threads; blocks.
 */
public final class GroupAbstracts implements Feature {
  private static final int READ_AT_ONCE = 1_000;

  private final GroupListStore groups;
  private final GroupViewReader members;
  private final MemberInfos infos;

  /**
   * Creates the feature.
   *
   * @param everyone users, asked for all members of a group; better not a cache
   */
  public GroupAbstracts(GroupListStore groups, GroupViewReader members, UserDirectory everyone) {
    this.groups = groups;
    this.members = members;
    infos = new MemberInfos(everyone);
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(groupGrpc.getGetGroupAbstractInfoMethod(), this::getAbstracts);
  }

  private GetGroupAbstractInfoResp getAbstracts(Caller caller, GetGroupAbstractInfoReq request) {
    List<GroupId> asked = request.getGroupIDsList().stream().map(GroupId::new).toList();
    Map<GroupId, GroupInfo> known = groups.find(asked);
    if (known.size() < asked.size()) {
      throw ImError.GROUP_ID_NOT_FOUND.with(
          asked.stream()
              .filter(id -> !known.containsKey(id))
              .map(GroupId::value)
              .collect(Collectors.joining(",", "not found group ", "")));
    }
    return GetGroupAbstractInfoResp.newBuilder()
        .addAllGroupAbstractInfos(asked.stream().map(this::read).toList())
        .build();
  }

  private GroupAbstractInfo read(GroupId groupId) {
    MemberListHash hash = new MemberListHash();
    int count = 0;
    UserId after = new UserId("");
    List<Member> read;
    do {
      read = members.membersAfter(groupId, after, READ_AT_ONCE);
      infos.of(read).forEach(hash::add);
      count += read.size();
      after = read.isEmpty() ? after : read.getLast().userId();
    } while (read.size() == READ_AT_ONCE);
    return GroupAbstractInfo.newBuilder()
        .setGroupID(groupId.value())
        .setGroupMemberNumber(count)
        .setGroupMemberListHash(hash.value())
        .build();
  }
}
