package im.hongyan.bench.scenario;

import im.hongyan.proto.group.CreateGroupReq;
import im.hongyan.proto.group.CreateGroupResp;
import im.hongyan.proto.group.InviteUserToGroupReq;
import im.hongyan.proto.group.InviteUserToGroupResp;
import im.hongyan.proto.sdkws.GroupInfo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Makes groups by REST, as an app server does (rest-group.md 8.1). Stateless. */
final class Groups {
  /** The only type that can be made. */
  private static final int WORK_GROUP = 2;

  /** Members that one call takes. */
  static final int MEMBERS_PER_CALL = 1_000;

  static final int MAX_MEMBERS = 100_000;

  private Groups() {}

  /**
   * Makes a group of users from one index to before another; the first one owns it.
   *
   * @throws IOException when there is no answer
   */
  static Address.Group create(Population people, int from, int to) throws IOException {
    if (to - from < 2 || to - from > MAX_MEMBERS) {
      throw new IllegalArgumentException("a group has 2 to " + MAX_MEMBERS + " members");
    }
    List<String> members = new ArrayList<>();
    for (int user = from + 1; user < to; user++) {
      members.add(people.id(user));
    }
    String owner = people.id(from);
    int first = Math.min(members.size(), MEMBERS_PER_CALL);
    CreateGroupResp answer =
        people
            .rest()
            .call(
                "/group/create_group",
                people.admin().token(),
                CreateGroupReq.newBuilder()
                    .addAllMemberUserIDs(members.subList(0, first))
                    .setOwnerUserID(owner)
                    .setGroupInfo(
                        GroupInfo.newBuilder()
                            .setGroupName("bench")
                            .setCreatorUserID(owner)
                            .setGroupType(WORK_GROUP))
                    .build(),
                CreateGroupResp.getDefaultInstance());
    String id = answer.getGroupInfo().getGroupID();
    for (int at = first; at < members.size(); at += MEMBERS_PER_CALL) {
      int next = Math.min(members.size(), at + MEMBERS_PER_CALL);
      invite(people, id, members.subList(at, next));
    }
    Set<String> all = new HashSet<>(members);
    all.add(owner);
    return new Address.Group(id, all);
  }

  private static void invite(Population people, String groupId, List<String> userIds)
      throws IOException {
    people
        .rest()
        .call(
            "/group/invite_user_to_group",
            people.admin().token(),
            InviteUserToGroupReq.newBuilder()
                .setGroupID(groupId)
                .addAllInvitedUserIDs(userIds)
                .build(),
            InviteUserToGroupResp.getDefaultInstance());
  }
}
