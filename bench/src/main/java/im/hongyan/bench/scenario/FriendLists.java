package im.hongyan.bench.scenario;

import im.hongyan.proto.relation.getIncrementalFriendsReq;
import im.hongyan.proto.relation.getIncrementalFriendsResp;
import im.hongyan.proto.relation.getPaginationFriendsReq;
import im.hongyan.proto.relation.getPaginationFriendsResp;
import im.hongyan.proto.relation.importFriendReq;
import im.hongyan.proto.relation.importFriendResp;
import im.hongyan.proto.relation.setFriendRemarkReq;
import im.hongyan.proto.relation.setFriendRemarkResp;
import im.hongyan.proto.sdkws.RequestPagination;
import im.hongyan.proto.user.getDesignateUsersReq;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What clients ask of their friend lists at login: of ten calls four read a page of 100 friends,
 * four ask for the one change since their copy, two ask for the profiles of three users. Ten users
 * ask; the others are there to be their friends.
 */
public final class FriendLists extends RestScenario {
  private static final int ASKERS = 10;
  private static final int ROWS_A_PAGE = 100;
  private static final int FRIENDS_A_CALL = 1_000;

  private final int friends;
  private final List<Copy> copies = new ArrayList<>();

  /** A copy of a list that lacks the last change. */
  private record Copy(String versionId, long version) {}

  /**
   * Plans a run.
   *
   * @param friends of each user who asks
   */
  public FriendLists(Stage stage, int friends) {
    super(stage);
    if (friends < 1 || stage.users() < ASKERS + friends) {
      throw new IllegalArgumentException(
          friends + " friends need at least " + (ASKERS + friends) + " users");
    }
    this.friends = friends;
  }

  @Override
  void prepare(Population people) throws IOException, InterruptedException {
    Parallel.forUsers(0, ASKERS, people::freshToken);
    int last = 0;
    for (int user = 0; user < ASKERS; user++) {
      last = befriend(people, user);
      copies.add(change(people, user));
    }
    awaitNotified(people, last, ASKERS - 1);
  }

  /** Returns the last of the friends. */
  private int befriend(Population people, int user) throws IOException {
    int first = ASKERS + random().nextInt(stage().users() - ASKERS - friends + 1);
    for (int from = 0; from < friends; from += FRIENDS_A_CALL) {
      importFriendReq.Builder request =
          importFriendReq.newBuilder().setOwnerUserID(people.id(user));
      for (int i = from; i < Math.min(friends, from + FRIENDS_A_CALL); i++) {
        request.addFriendUserIDs(people.id(first + i));
      }
      people
          .rest()
          .call(
              "/friend/import_friend",
              people.admin().token(),
              request.build(),
              importFriendResp.getDefaultInstance());
    }
    return first + friends - 1;
  }

  /** The list as it was before a change that the user then makes. */
  private Copy change(Population people, int user) throws IOException {
    String id = people.id(user);
    getIncrementalFriendsResp before =
        people
            .rest()
            .call(
                "/friend/get_incremental_friends",
                people.token(user),
                getIncrementalFriendsReq.newBuilder().setUserID(id).build(),
                getIncrementalFriendsResp.getDefaultInstance());
    String friend =
        people
            .rest()
            .call(
                "/friend/get_friend_list",
                people.token(user),
                page(id, 1),
                getPaginationFriendsResp.getDefaultInstance())
            .getFriendsInfo(0)
            .getFriendUser()
            .getUserID();
    people
        .rest()
        .call(
            "/friend/set_friend_remark",
            people.token(user),
            setFriendRemarkReq
                .newBuilder()
                .setOwnerUserID(id)
                .setFriendUserID(friend)
                .setRemark("the first")
                .build(),
            setFriendRemarkResp.getDefaultInstance());
    return new Copy(before.getVersionID(), before.getVersion());
  }

  private static getPaginationFriendsReq page(String userId, int number) {
    return getPaginationFriendsReq
        .newBuilder()
        .setUserID(userId)
        .setPagination(
            RequestPagination.newBuilder().setPageNumber(number).setShowNumber(ROWS_A_PAGE))
        .build();
  }

  @Override
  Call next(Population people) {
    int user = random().nextInt(ASKERS);
    String id = people.id(user);
    return switch (random().nextInt(10)) {
      case 0, 1, 2, 3 -> {
        int pages = Math.ceilDiv(friends, ROWS_A_PAGE);
        yield new Call(
            "/friend/get_friend_list",
            () -> people.token(user),
            page(id, 1 + random().nextInt(pages)));
      }
      case 4, 5, 6, 7 -> {
        Copy copy = copies.get(user);
        yield new Call(
            "/friend/get_incremental_friends",
            () -> people.token(user),
            getIncrementalFriendsReq
                .newBuilder()
                .setUserID(id)
                .setVersionID(copy.versionId())
                .setVersion(copy.version())
                .build());
      }
      default -> {
        getDesignateUsersReq.Builder request = getDesignateUsersReq.newBuilder();
        for (int i = 0; i < 3; i++) {
          request.addUserIDs(people.id(random().nextInt(stage().users())));
        }
        yield new Call("/user/get_users_info", () -> people.token(user), request.build());
      }
    };
  }
}
