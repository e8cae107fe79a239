package im.hongyan.relation.friend;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.proto.relation.friendGrpc;
import im.hongyan.proto.relation.getIncrementalFriendsResp;
import im.hongyan.proto.relation.getPaginationFriendsReq;
import im.hongyan.proto.sdkws.FriendInfo;
import im.hongyan.proto.sdkws.RequestPagination;
import im.hongyan.relation.version.ListCopy;
import java.util.List;

/** The copy of a friend list that an official client keeps (client-sync.md 7.5). */
final class FriendListCopy extends ListCopy<FriendInfo> {
  private final FriendWorld world;
  private final String owner;

  FriendListCopy(FriendWorld world, String owner) {
    super(100);
    this.world = world;
    this.owner = owner;
  }

  /** Brings the copy up to date. */
  void sync() {
    getIncrementalFriendsResp answer = world.changes(owner, versionId(), version());
    take(
        new Answer<>(
            answer.getFull(),
            answer.getVersionID(),
            answer.getVersion(),
            answer.getDeleteList(),
            answer.getInsertList(),
            answer.getUpdateList(),
            answer.getSortVersion() > 0,
            answer.getSortVersion() != 0));
  }

  @Override
  protected String id(FriendInfo row) {
    return row.getFriendUser().getUserID();
  }

  @Override
  protected List<String> readIds() {
    return world.all(owner).getUserIDsList();
  }

  @Override
  protected List<FriendInfo> readPage(int number, int rowsPerPage) {
    return world
        .call(
            owner,
            friendGrpc.getGetPaginationFriendsMethod(),
            getPaginationFriendsReq
                .newBuilder()
                .setUserID(owner)
                .setPagination(
                    RequestPagination.newBuilder().setPageNumber(number).setShowNumber(rowsPerPage))
                .build())
        .getFriendsInfoList();
  }

  /** It is what a client has that reads everything, in the same order. */
  void assertEqualsFresh() {
    FriendListCopy fresh = new FriendListCopy(world, owner);
    fresh.sync();
    assertThat(rows()).isEqualTo(fresh.rows());
    assertThat(order()).isEqualTo(fresh.order());
  }
}
