package im.hongyan.relation.profile;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.proto.sdkws.GroupMemberInfoSetTips;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.UserInfoUpdatedTips;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.relation.notification.NotificationTips;
import im.hongyan.relation.user.ProfileChangeRows;
import im.hongyan.relation.user.User;
import im.hongyan.relation.user.UserDirectory;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.id.UserId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves that everybody who has a user as a friend learns of a new name (rest-account.md 2.4). */
@ExtendWith(TestStoresExtension.class)
class ProfileChangesIT {
  private static final UserId STAR = new UserId("star");
  private static final int OWNERS = 1_203;

  @AutoClose private static RelationDatabase database;

  private final ProfileChangeStore store = new ProfileChangeStore(database().mysql());
  private final UserDirectory users =
      ids -> List.of(new User(STAR, "new name", "new face", "", 0, 0, 1));
  private final AtomicInteger wakes = new AtomicInteger();

  @AutoClose
  private final ProfileChanges changes =
      ProfileChanges.start(
          store,
          users,
          wakes::incrementAndGet,
          InstantSource.fixed(Instant.ofEpochMilli(50_000)),
          new SimpleMeterRegistry());

  private static RelationDatabase database() {
    return database;
  }

  @BeforeAll
  static void start(TestStores stores) {
    database = RelationDatabase.open(stores);
  }

  @BeforeEach
  void befriend() {
    database.clear();
    List<Object> arguments = new ArrayList<>();
    for (int i = 0; i < OWNERS; i++) {
      arguments.add("o" + i);
    }
    String row = "(?, 'star', '', 1, 1, '', '')";
    database.execute(
        "INSERT INTO friend (owner_user_id, friend_user_id, remark, create_time, add_source,"
            + " operator_user_id, ex) VALUES "
            + (row + ", ").repeat(OWNERS - 1)
            + row,
        arguments.toArray());
    database.execute(
        "INSERT INTO friend (owner_user_id, friend_user_id, remark, create_time, add_source,"
            + " operator_user_id, ex) VALUES ('star', 'friend of star', '', 1, 1, '', '')");
  }

  private static void change(long atMillis) {
    database
        .mysql()
        .jdbi()
        .useHandle(handle -> ProfileChangeRows.append(handle, STAR, STAR, atMillis));
  }

  @Test
  void listsOfBlockedUsersLearnOfItAndNobodyElseDoes() {
    database.execute(
        "INSERT INTO black (owner_user_id, block_user_id, create_time, add_source,"
            + " operator_user_id, ex) VALUES ('angry', 'star', 1, 0, '', '')");
    change(50_000);
    changes.run(STAR);
    assertThat(
            database.number(
                "SELECT COUNT(*) FROM version_log_entry WHERE kind = 4 AND owner_id = 'angry'"
                    + " AND element_id = 'star' AND state = 3"))
        .isEqualTo(1);
    assertThat(database.notifications("n_angry_star")).isEmpty();
  }

  private static long toldOwners() {
    return database.number(
        "SELECT COUNT(*) FROM version_log_entry"
            + " WHERE kind = 3 AND element_id = 'star' AND state = 3");
  }

  @Test
  void everyOwnerGetsAnEntryAndANotification() {
    change(50_000);
    changes.run(STAR);
    assertThat(toldOwners()).isEqualTo(OWNERS);
    assertThat(database.notificationCount()).isEqualTo(OWNERS);
    MsgData message = database.notifications("n_o7_star").getFirst();
    assertThat(message.getContentType()).isEqualTo(1209);
    assertThat(message.getSendID()).isEqualTo("star");
    assertThat(message.getRecvID()).isEqualTo("o7");
    assertThat(message.getOptionsMap()).containsEntry("senderSync", false);
    assertThat(NotificationTips.read(message, UserInfoUpdatedTips.getDefaultInstance()).getUserID())
        .isEqualTo("star");
    assertThat(database.number("SELECT COUNT(*) FROM profile_change")).isZero();
    assertThat(wakes.get()).isPositive();
  }

  private static void group(String id, int status, String nickname) {
    database.execute(
        "INSERT INTO chat_group (group_id, group_name, notification, introduction, face_url, ex,"
            + " status, owner_user_id, creator_user_id, group_type, need_verification,"
            + " look_member_info, apply_member_friend, notification_update_time,"
            + " notification_user_id, create_time, member_count, members_ever)"
            + " VALUES (?, ?, '', '', '', '', ?, 'o1', 'o1', 2, 0, 0, 0, 0, '', 1, 1, 1)",
        id,
        id,
        status);
    database.execute(
        "INSERT INTO group_member (group_id, user_id, nickname, face_url, role_level, join_time,"
            + " join_source, inviter_user_id, operator_user_id, mute_end_time, ex, join_order,"
            + " join_version) VALUES (?, 'star', ?, ?, 20, 1, 2, '', '', 0, '', 0, 1)",
        id,
        nickname,
        nickname);
  }

  @Test
  void groupsThatShowTheUsersOwnNameGetAnEntryAndANotification() {
    group("g1", 0, "");
    group("g2", 0, "a name for the group");
    group("g3", 2, "");
    group("g4", 0, "");
    change(50_000);
    changes.run(STAR);
    for (String group : List.of("g1", "g4")) {
      MsgData message = database.notifications("n_" + group).getFirst();
      assertThat(message.getContentType()).isEqualTo(1516);
      GroupMemberInfoSetTips tips =
          NotificationTips.read(message, GroupMemberInfoSetTips.getDefaultInstance());
      assertThat(tips.getChangedUser().getNickname()).isEqualTo("new name");
      assertThat(tips.getOpUser().getUserID()).isEqualTo("star");
      assertThat(tips.getGroupMemberVersion()).isEqualTo(1);
      assertThat(tips.getGroupSortVersion()).isZero();
    }
    assertThat(database.notificationCount()).isEqualTo(OWNERS + 2);
    assertThat(database.number("SELECT COUNT(*) FROM profile_change")).isZero();
  }

  @Test
  void whatAProcessLeavesBehindIsFinishedByOthersOnce() throws InterruptedException {
    change(0);
    assertThat(store.step(STAR, users, 1)).as("a first step, then the process dies").isTrue();
    assertThat(toldOwners()).isEqualTo(500);
    try (ExecutorService executor = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < 4; i++) {
        executor.submit(changes::finishOthers);
      }
    }
    assertThat(toldOwners()).isEqualTo(OWNERS);
    assertThat(database.notificationCount()).isEqualTo(OWNERS);
    assertThat(database.number("SELECT COUNT(*) FROM profile_change")).isZero();
  }

  @Test
  void changeThatIsUnderWayIsLeftToItsRequest() {
    change(49_000);
    changes.finishOthers();
    assertThat(toldOwners()).isZero();
  }

  @Test
  void changeDuringAFanOutBeginsItAgain() {
    change(0);
    store.step(STAR, users, 1);
    change(2);
    changes.finishOthers();
    assertThat(database.notificationCount()).isEqualTo(OWNERS + 500);
    assertThat(
            database.number(
                "SELECT COUNT(*) FROM version_log_entry WHERE kind = 3 AND element_id = 'star'"))
        .isEqualTo(OWNERS);
  }
}
