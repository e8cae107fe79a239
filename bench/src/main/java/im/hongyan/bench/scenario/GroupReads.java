package im.hongyan.bench.scenario;

import com.google.protobuf.Message;
import im.hongyan.proto.group.BatchGetIncrementalGroupMemberReq;
import im.hongyan.proto.group.GetGroupMemberListReq;
import im.hongyan.proto.group.GetGroupMembersInfoReq;
import im.hongyan.proto.group.SetGroupMemberInfo;
import im.hongyan.proto.group.SetGroupMemberInfoReq;
import im.hongyan.proto.group.SetGroupMemberInfoResp;
import im.hongyan.proto.group.getIncrementalGroupMemberReq;
import im.hongyan.proto.group.getIncrementalGroupMemberResp;
import im.hongyan.proto.sdkws.RequestPagination;
import im.hongyan.proto.wrapperspb.StringValue;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What clients ask of one large group: of ten calls four read a page of 100 members, anywhere in
 * the list, three the data of one member, three the changes since a copy that lacks at most ten.
 * Ten members ask.
 */
public final class GroupReads extends RestScenario {
  private static final int ASKERS = 10;
  private static final int ROWS_A_PAGE = 100;

  private final int members;
  private final List<getIncrementalGroupMemberReq> copies = new ArrayList<>();
  private String groupId = "";

  /**
   * Plans a run.
   *
   * @param members of the group
   */
  public GroupReads(Stage stage, int members) {
    super(stage);
    if (members < ASKERS || members > Groups.MAX_MEMBERS || stage.users() < members) {
      throw new IllegalArgumentException(
          "a group of %d to %d members, and as many users".formatted(ASKERS, Groups.MAX_MEMBERS));
    }
    this.members = members;
  }

  @Override
  void prepare(Population people) throws IOException, InterruptedException {
    Parallel.forUsers(0, ASKERS, people::freshToken);
    groupId = Groups.create(people, 0, members).groupId();
    if (members > Groups.MEMBERS_PER_CALL) {
      awaitNotified(people, members - 1, members - 1);
    }
    for (int user = 0; user < ASKERS; user++) {
      copies.add(change(people, user));
    }
  }

  /** The group's members as they were before a change that the user then makes. */
  private getIncrementalGroupMemberReq change(Population people, int user) throws IOException {
    getIncrementalGroupMemberReq unknown =
        getIncrementalGroupMemberReq.newBuilder().setGroupID(groupId).build();
    getIncrementalGroupMemberResp before =
        call(
            people,
            user,
            "/group/get_incremental_group_members",
            unknown,
            getIncrementalGroupMemberResp.getDefaultInstance());
    SetGroupMemberInfoResp _ =
        call(
            people,
            user,
            "/group/set_group_member_info",
            SetGroupMemberInfoReq.newBuilder()
                .addMembers(
                    SetGroupMemberInfo.newBuilder()
                        .setGroupID(groupId)
                        .setUserID(people.id(user))
                        .setNickname(StringValue.newBuilder().setValue("changed")))
                .build(),
            SetGroupMemberInfoResp.getDefaultInstance());
    return unknown.toBuilder()
        .setVersionID(before.getVersionID())
        .setVersion(before.getVersion())
        .build();
  }

  private static <M extends Message> M call(
      Population people, int user, String path, Message request, M answer) throws IOException {
    return people.rest().call(path, people.token(user), request, answer);
  }

  @Override
  Call next(Population people) {
    int user = random().nextInt(ASKERS);
    return switch (random().nextInt(10)) {
      case 0, 1, 2, 3 ->
          new Call(
              "/group/get_group_member_list",
              () -> people.token(user),
              page(1 + random().nextInt(Math.ceilDiv(members, ROWS_A_PAGE))));
      case 4, 5, 6 ->
          new Call(
              "/group/get_group_members_info",
              () -> people.token(user),
              GetGroupMembersInfoReq.newBuilder()
                  .setGroupID(groupId)
                  .addUserIDs(people.id(random().nextInt(members)))
                  .build());
      default ->
          new Call(
              "/group/get_incremental_group_members_batch",
              () -> people.token(user),
              BatchGetIncrementalGroupMemberReq.newBuilder()
                  .setUserID(people.id(user))
                  .addReqList(copies.get(user))
                  .build());
    };
  }

  private GetGroupMemberListReq page(int number) {
    return GetGroupMemberListReq.newBuilder()
        .setGroupID(groupId)
        .setPagination(
            RequestPagination.newBuilder().setPageNumber(number).setShowNumber(ROWS_A_PAGE))
        .build();
  }
}
