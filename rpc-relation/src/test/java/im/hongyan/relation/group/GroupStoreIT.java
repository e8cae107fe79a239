package im.hongyan.relation.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.proto.conversation.Conversation;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.relation.conversation.ConversationStore;
import im.hongyan.relation.outbox.Notes;
import im.hongyan.relation.version.LogVersion;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.group.GroupRole;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.notification.Notification;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves what the store of groups promises: a change happens with its notifications or not at all,
 * versions and notifications have one order, a follower of versions misses nothing, and what it
 * writes for other features.
 */
@ExtendWith(TestStoresExtension.class)
class GroupStoreIT {
  private static final Member.Entry ENTRY =
      new Member.Entry(77, 2, new UserId("inviter"), new UserId("operator"));

  @AutoClose private static RelationDatabase database;

  private final GroupId groupId = new GroupId("g" + MessageIds.next());
  private final String conversation = "n_" + groupId;
  private final GroupStore store = new GroupStore(mysql());
  private final GroupChangeStore changes = new GroupChangeStore(mysql());
  private final GroupViewStore views = new GroupViewStore(mysql());
  private final ConversationStore conversations = new ConversationStore(mysql());

  @BeforeAll
  static void start(TestStores stores) {
    database = RelationDatabase.open(stores);
  }

  private static MySql mysql() {
    return database.mysql();
  }

  private GroupInfo group() {
    return GroupInfo.newBuilder()
        .setGroupID(groupId.value())
        .setGroupName("鸿雁 <name>")
        .setNotification("a")
        .setIntroduction("i")
        .setFaceURL("f")
        .setEx("{\"x\":1}")
        .setNotificationUpdateTime(5)
        .setNotificationUserID("announcer")
        .setGroupType(2)
        .setNeedVerification(1)
        .setLookMemberInfo(1)
        .setOwnerUserID("owner")
        .setCreatorUserID("creator")
        .setCreateTime(42)
        .build();
  }

  private GroupInfo group(int memberCount) {
    return group().toBuilder().setMemberCount(memberCount).build();
  }

  private List<String> written(String conversationId) {
    return database.notifications(conversationId).stream().map(Notes::text).toList();
  }

  private static List<UserId> users(String... ids) {
    return Stream.of(ids).map(UserId::new).toList();
  }

  private List<UserId> memberIds() {
    return store.memberIds(groupId);
  }

  private void dismiss() {
    database.execute("UPDATE chat_group SET status = 2 WHERE group_id = ?", groupId);
  }

  private Member member(String userId, GroupRole role) {
    return Member.fresh(groupId, new UserId(userId), role, ENTRY);
  }

  private List<Member> ordinary(String... userIds) {
    return List.of(userIds).stream().map(id -> member(id, GroupRole.ORDINARY)).toList();
  }

  private List<Notification> note(Change change) {
    return List.of(Notes.note(conversation, "v" + change.version().number(), 1));
  }

  private void create() {
    List<Member> members =
        List.of(
            member("owner", GroupRole.OWNER),
            member("zoe", GroupRole.ADMIN),
            member("bob", GroupRole.ORDINARY));
    assertThat(store.create(group(), members, this::note)).isTrue();
  }

  private void enter(String... userIds) {
    enter(this::note, userIds);
  }

  /** Lets users in who are no members, with one version. */
  private void enter(ChangeNotifications notifications, String... userIds) {
    List<List<Member>> step = List.of(ordinary(userIds));
    admit(changes, groupId, step, notifications);
  }

  static void admit(
      GroupChangeStore changes,
      GroupId groupId,
      List<List<Member>> steps,
      ChangeNotifications notifications) {
    boolean _ =
        changes.change(
            groupId,
            77,
            group -> {
              group.admit(steps).forEach(change -> group.send(notifications.of(change)));
              return true;
            });
  }

  private LogVersion version() {
    return views.versions(List.of(groupId)).getOrDefault(groupId, LogVersion.NONE);
  }

  @Test
  void aGroupComesBackAsItWasMade() {
    create();
    assertThat(store.find(groupId)).contains(group(3));
    assertThat(views.find(groupId)).contains(group(3));
    assertThat(store.members(groupId, users("bob", "nobody")))
        .containsExactly(member("bob", GroupRole.ORDINARY).joinedAt(1));
    assertThat(store.find(new GroupId("nothing"))).isEmpty();
    assertThat(written(conversation)).containsExactly("v1");
    assertThat(version().number()).isEqualTo(1);
    assertThat(version().id()).matches("[0-9a-f]{24}");
  }

  @Test
  void aTakenIdMakesNothing() {
    create();
    assertThat(store.create(group(), ordinary("eve"), this::note)).isFalse();
    assertThat(memberIds()).doesNotContain(new UserId("eve"));
    assertThat(written(conversation)).hasSize(1);
  }

  @Test
  void membersAreInOrderOfRoleAndEntry() {
    create();
    enter("carl", "anna");
    enter("Anna", "雁");
    assertThat(memberIds()).isEqualTo(users("owner", "zoe", "bob", "carl", "anna", "Anna", "雁"));
    assertThat(store.handlerIds(groupId, 10)).isEqualTo(users("owner", "zoe"));
    assertThat(store.handlerIds(groupId, 1)).isEqualTo(users("owner"));
    assertThat(store.memberIds(new GroupId("nothing"))).isEmpty();
  }

  @Test
  void stepsOfOneChangeGetAVersionEach() {
    create();
    List<Change> made = new ArrayList<>();
    admit(
        changes,
        groupId,
        List.of(ordinary("zora", "carl"), ordinary("anna")),
        change -> {
          made.add(change);
          return note(change);
        });
    assertThat(made).extracting(change -> change.version().number()).containsExactly(2L, 3L);
    assertThat(made).extracting(change -> change.group().getMemberCount()).containsExactly(5, 6);
    assertThat(made.get(0).entered()).extracting(Member::joinVersion).containsExactly(2L, 2L);
    assertThat(store.members(groupId, users("anna")).getFirst().joinVersion()).isEqualTo(3);
    assertThat(memberIds()).endsWith(new UserId("zora"), new UserId("carl"), new UserId("anna"));
    assertThat(views.changedSince(groupId, 2, 10)).isEqualTo(users("anna"));
    assertThat(version().number()).isEqualTo(3);
    assertThat(store.find(groupId)).contains(group(6));
    assertThat(written(conversation)).containsExactly("v1", "v2", "v3");
  }

  @Test
  void aGroupThatIsMissingOrDismissedLetsNobodyIn() {
    assertThatThrownBy(() -> enter("anna")).hasMessageContaining("1004");
    assertThatThrownBy(() -> store.requireOpen(groupId)).hasMessageContaining("1004");
    create();
    assertThat(store.requireOpen(groupId)).isEqualTo(group(3));
    dismiss();
    assertThatThrownBy(() -> enter("anna")).hasMessageContaining("1204");
    assertThatThrownBy(() -> store.requireOpen(groupId)).hasMessageContaining("1204");
    assertThat(memberIds()).isEqualTo(users("owner", "zoe", "bob"));
    assertThat(written(conversation)).hasSize(1);
  }

  @Test
  void aFailureOfTheNotificationsUndoesTheChange() {
    create();
    assertThatThrownBy(() ->
            enter(
                change -> {
                  throw new IllegalStateException("no notification");
                },
                "anna"))
        .hasMessageContaining("no notification");
    assertThat(memberIds()).doesNotContain(new UserId("anna"));
    assertThat(version().number()).isEqualTo(1);
  }

  @Test
  void changesAtTheSameTimeGetOneOrderOfVersionsAndNotifications() {
    create();
    Collection<Long> versions = new ConcurrentLinkedQueue<>();
    List<CompletableFuture<Void>> running =
        IntStream.range(0, 20)
            .mapToObj(i ->
                CompletableFuture.runAsync(
                    () ->
                        enter(
                            change -> {
                              versions.add(change.version().number());
                              return note(change);
                            },
                            "u" + i,
                            "w" + i),
                    runnable -> Thread.startVirtualThread(runnable)))
            .toList();
    running.forEach(CompletableFuture::join);
    assertThat(memberIds()).hasSize(43).doesNotHaveDuplicates();
    assertThat(store.find(groupId).orElseThrow().getMemberCount()).isEqualTo(43);
    assertThat(written(conversation))
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 21).mapToObj(v -> "v" + v).toList());
    assertThat(versions).contains(2L, 21L);
  }

  @Test
  void aFollowerLearnsWhatHasChangedSinceItsVersion() {
    create();
    enter("anna");
    enter("carl", "dora");
    assertThat(views.changedSince(groupId, 0, 10)).hasSize(6);
    assertThat(views.changedSince(groupId, 1, 10))
        .containsExactlyInAnyOrderElementsOf(users("anna", "carl", "dora"));
    assertThat(views.changedSince(groupId, 3, 10)).isEmpty();
    assertThat(views.changedSince(groupId, 0, 2)).hasSize(2);
    assertThat(views.versions(List.of(groupId, new GroupId("nothing")))).containsOnlyKeys(groupId);
  }

  @Test
  void membersArePagedByTheirIdsBytes() {
    create();
    enter("A", "雁", "a");
    assertThat(views.membersAfter(groupId, new UserId(""), 4))
        .extracting(Member::userId)
        .isEqualTo(users("A", "a", "bob", "owner"));
    assertThat(views.membersAfter(groupId, new UserId("owner"), 4))
        .extracting(Member::userId)
        .isEqualTo(users("zoe", "雁"));
  }

  private static Member ordinary(GroupId group, UserId user) {
    UserId nobody = new UserId("");
    return Member.fresh(group, user, GroupRole.ORDINARY, new Member.Entry(9, 2, nobody, nobody));
  }

  private GroupId createOf(List<UserId> users) {
    GroupId id = new GroupId("h" + MessageIds.next());
    GroupInfo group =
        GroupInfo.newBuilder()
            .setGroupID(id.value())
            .setGroupType(2)
            .setOwnerUserID(users.getFirst().value())
            .setCreateTime(1)
            .build();
    List<Member> members = users.stream().map(user -> ordinary(id, user)).toList();
    assertThat(store.create(group, members, change -> List.of())).isTrue();
    return id;
  }

  private static UserId newUser() {
    return new UserId("u" + MessageIds.next());
  }

  private Conversation row(UserId user, GroupId group) {
    return conversations.find(user, ConversationId.group(group.value())).orElseThrow();
  }

  @Test
  void aMembersConversationRowIsWrittenWithIt() {
    UserId user = newUser();
    GroupId group = createOf(List.of(user));
    ConversationId id = new ConversationId("sg_" + group);
    assertThat(row(user, group))
        .isEqualTo(
            Conversation.newBuilder()
                .setOwnerUserID(user.value())
                .setConversationID(id.value())
                .setConversationType(3)
                .setGroupID(group.value())
                .build());
    assertThat(conversations.ids(user)).containsExactly(id);
  }

  @Test
  void whoComesBackReadsOnAndTheRowNamesTheVersion() {
    UserId user = newUser();
    GroupId group = createOf(users("owner"));
    admit(changes, group, List.of(List.of(ordinary(group, user))), change -> List.of());
    // As leaving will do it, with the version that the leave gets.
    database.execute(
        "UPDATE conversation SET max_seq = 7, is_pinned = 1, membership_version = 3"
            + " WHERE owner_user_id = ?",
        user);
    database.execute("DELETE FROM group_member WHERE user_id = ?", user);
    admit(changes, group, List.of(List.of(ordinary(group, user))), change -> List.of());
    Conversation row = row(user, group);
    assertThat(row.getMaxSeq()).isZero();
    assertThat(row.getIsPinned()).as("the rest stays").isTrue();
    assertThat(
            database.number(
                "SELECT membership_version FROM conversation WHERE owner_user_id = ?", user))
        .isEqualTo(store.members(group, List.of(user)).getFirst().joinVersion())
        .isEqualTo(3);
  }

  @Test
  void eachUsersLogOfGroupsGetsTheGroup() {
    UserId user = newUser();
    createOf(List.of(new UserId("someone"), user));
    GroupId second = createOf(List.of(user));
    assertThat(
            database.number(
                "SELECT version FROM version_log WHERE kind = 2 AND owner_id = ?", user))
        .isEqualTo(2);
    assertThat(
            database.number(
                "SELECT version FROM version_log_entry"
                    + " WHERE kind = 2 AND owner_id = ? AND element_id = ? AND state = 1",
                user,
                second))
        .isEqualTo(2);
  }

  @Test
  void aGroupMayBeginWithThousands() {
    List<UserId> users = IntStream.range(0, 2_001).mapToObj(i -> new UserId("many" + i)).toList();
    GroupId group = createOf(users);
    assertThat(store.memberIds(group)).isEqualTo(users);
    assertThat(
            database.number(
                "SELECT COUNT(*) FROM conversation WHERE conversation_id = ?",
                ConversationId.group(group.value())))
        .isEqualTo(2_001);
  }
}
