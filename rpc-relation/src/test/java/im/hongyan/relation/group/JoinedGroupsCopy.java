package im.hongyan.relation.group;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.proto.group.GetFullJoinGroupIDsReq;
import im.hongyan.proto.group.GetJoinedGroupListReq;
import im.hongyan.proto.group.getIncrementalJoinGroupReq;
import im.hongyan.proto.group.getIncrementalJoinGroupResp;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.relation.version.ListCopy;
import java.util.List;
import java.util.Set;

/** The copy of a user's list of groups that an official client keeps (client-sync.md 7.5). */
final class JoinedGroupsCopy extends ListCopy<GroupInfo> {
  private final GroupWorld world;
  private final String owner;

  JoinedGroupsCopy(GroupWorld world, String owner) {
    super(200);
    this.world = world;
    this.owner = owner;
  }

  /** The groups that the copy has. */
  Set<String> ids() {
    return Set.copyOf(rows().keySet());
  }

  /** A row that comes with a group's members rather than with the list. */
  void refresh(GroupInfo group) {
    rows().computeIfPresent(group.getGroupID(), (id, old) -> group);
  }

  /** Brings the copy up to date. */
  void sync() {
    getIncrementalJoinGroupResp answer =
        world.call(
            owner,
            groupGrpc.getGetIncrementalJoinGroupMethod(),
            getIncrementalJoinGroupReq
                .newBuilder()
                .setUserID(owner)
                .setVersionID(versionId())
                .setVersion(version())
                .build());
    assertThat(answer.getSortVersion()).isZero();
    take(
        new Answer<>(
            answer.getFull(),
            answer.getVersionID(),
            answer.getVersion(),
            answer.getDeleteList(),
            answer.getInsertList(),
            answer.getUpdateList(),
            false,
            false));
  }

  @Override
  protected String id(GroupInfo row) {
    return row.getGroupID();
  }

  @Override
  protected List<String> readIds() {
    return world
        .call(
            owner,
            groupGrpc.getGetFullJoinGroupIDsMethod(),
            GetFullJoinGroupIDsReq.newBuilder().setUserID(owner).build())
        .getGroupIDsList();
  }

  @Override
  protected List<GroupInfo> readPage(int number, int rowsPerPage) {
    return world
        .call(
            owner,
            groupGrpc.getGetJoinedGroupListMethod(),
            GetJoinedGroupListReq.newBuilder()
                .setFromUserID(owner)
                .setPagination(GroupWorld.pagination(number, rowsPerPage))
                .build())
        .getGroupsList();
  }

  /** It is what a client has that reads everything; rows of groups change with their members. */
  void assertEqualsFresh() {
    JoinedGroupsCopy fresh = new JoinedGroupsCopy(world, owner);
    fresh.sync();
    assertThat(rows()).isEqualTo(fresh.rows());
    assertThat(order()).containsExactlyInAnyOrderElementsOf(fresh.order());
  }
}
