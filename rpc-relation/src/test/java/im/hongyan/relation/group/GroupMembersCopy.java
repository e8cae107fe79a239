package im.hongyan.relation.group;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.proto.group.BatchGetIncrementalGroupMemberReq;
import im.hongyan.proto.group.GetFullGroupMemberUserIDsReq;
import im.hongyan.proto.group.getIncrementalGroupMemberResp;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.sdkws.GroupMemberFullInfo;
import im.hongyan.relation.version.ListCopy;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The copy of one group's members that an official client keeps (client-sync.md 7.5, 7.6). */
final class GroupMembersCopy extends ListCopy<GroupMemberFullInfo> {
  private final GroupWorld world;
  private final String reader;
  private final String groupId;
  private final Consumer<GroupInfo> groups;

  /**
   * Begins a copy.
   *
   * @param groups gets the group where an answer brings it
   */
  GroupMembersCopy(GroupWorld world, String reader, String groupId, Consumer<GroupInfo> groups) {
    super(200);
    this.world = world;
    this.reader = reader;
    this.groupId = groupId;
    this.groups = groups;
  }

  /** Brings copies up to date together, as often as answers leave groups out. */
  static void syncAll(GroupWorld world, String reader, Collection<GroupMembersCopy> copies) {
    Map<String, GroupMembersCopy> waiting = new HashMap<>();
    copies.forEach(copy -> waiting.put(copy.groupId, copy));
    while (!waiting.isEmpty()) {
      BatchGetIncrementalGroupMemberReq.Builder request =
          BatchGetIncrementalGroupMemberReq.newBuilder().setUserID(reader);
      waiting
          .values()
          .forEach(copy ->
              request.addReqList(GroupWorld.since(copy.groupId, copy.versionId(), copy.version())));
      Map<String, getIncrementalGroupMemberResp> answers =
          world
              .call(reader, groupGrpc.getBatchGetIncrementalGroupMemberMethod(), request.build())
              .getRespListMap();
      if (answers.isEmpty()) {
        return;
      }
      answers.forEach((id, answer) -> requireNonNull(waiting.remove(id)).take(answer));
    }
  }

  /** Brings the copy up to date. */
  void sync() {
    take(world.changes(reader, groupId, versionId(), version()));
  }

  private void take(getIncrementalGroupMemberResp answer) {
    if (answer.hasGroup()) {
      groups.accept(answer.getGroup());
    }
    if (answer.getFull()) {
      assertThat(answer.hasGroup()).isTrue();
    }
    take(
        new Answer<>(
            answer.getFull(),
            answer.getVersionID(),
            answer.getVersion(),
            answer.getDeleteList(),
            answer.getInsertList(),
            answer.getUpdateList(),
            answer.getSortVersion() > 0,
            answer.hasGroup()));
  }

  @Override
  protected String id(GroupMemberFullInfo row) {
    return row.getUserID();
  }

  @Override
  protected List<String> readIds() {
    return world
        .call(
            reader,
            groupGrpc.getGetFullGroupMemberUserIDsMethod(),
            GetFullGroupMemberUserIDsReq.newBuilder().setGroupID(groupId).build())
        .getUserIDsList();
  }

  @Override
  protected List<GroupMemberFullInfo> readPage(int number, int rowsPerPage) {
    return world.page(reader, groupId, number, rowsPerPage).getMembersList();
  }

  /** It is what a client has that reads everything. Who joined together may be in any order. */
  void assertEqualsFresh() {
    GroupMembersCopy fresh = new GroupMembersCopy(world, reader, groupId, group -> {});
    fresh.sync();
    assertThat(rows()).isEqualTo(fresh.rows());
    assertThat(order()).containsExactlyInAnyOrderElementsOf(fresh.order());
  }
}
