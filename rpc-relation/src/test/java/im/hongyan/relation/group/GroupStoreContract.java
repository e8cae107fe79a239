package im.hongyan.relation.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.relation.group.GroupStore.Outcome;
import im.hongyan.relation.outbox.Notes;
import im.hongyan.relation.version.LogVersion;
import im.hongyan.wire.group.GroupRole;
import im.hongyan.wire.group.GroupStatus;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.notification.Notification;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Proves what any store of groups promises: a change happens with its notifications or not at all,
 * versions and notifications have one order, and a follower of versions misses nothing.
 */
public abstract class GroupStoreContract {
  private static final int MOST = 1_000;
  private static final Member.Entry ENTRY = new Member.Entry(77, 2, "inviter", "operator");

  private final String groupId = "g" + MessageIds.next();

  /** The store. */
  protected abstract GroupStore store();

  /** The same store, for followers. */
  protected abstract GroupViewStore views();

  /** Texts of the notifications that were written to a conversation, in their order. */
  protected abstract List<String> told(String conversationId);

  /** Users with an open request, by whom invited. */
  protected abstract Map<String, String> requests(String groupId);

  /** Makes a group dismissed. */
  protected abstract void dismiss(String groupId);

  private Group group() {
    return new Group(
        groupId,
        new Group.Texts("鸿雁 <name>", "a", "i", "f", "{\"x\":1}", 5, "announcer"),
        new Group.Rules(2, 1, 1, 0),
        GroupStatus.OK,
        "owner",
        "creator",
        42,
        0);
  }

  private Member member(String userId, GroupRole role) {
    return Member.fresh(groupId, userId, role, ENTRY);
  }

  private List<Member> ordinary(String... userIds) {
    return List.of(userIds).stream().map(id -> member(id, GroupRole.ORDINARY)).toList();
  }

  private List<Notification> note(Change change) {
    return List.of(Notes.note("n_" + groupId, "v" + change.version().number(), 1));
  }

  private void create() {
    List<Member> members =
        List.of(
            member("owner", GroupRole.OWNER),
            member("zoe", GroupRole.ADMIN),
            member("bob", GroupRole.ORDINARY));
    assertThat(store().create(group(), members, this::note)).isTrue();
  }

  private Outcome enter(String... userIds) {
    return store().enter(groupId, ordinary(userIds), MOST, this::note);
  }

  private LogVersion version() {
    return views().versions(List.of(groupId)).getOrDefault(groupId, LogVersion.NONE);
  }

  @Test
  void aGroupComesBackAsItWasMade() {
    create();
    assertThat(store().find(groupId)).contains(group().withMemberCount(3));
    assertThat(views().find(groupId)).contains(group().withMemberCount(3));
    assertThat(store().members(groupId, List.of("bob", "nobody")))
        .containsExactly(member("bob", GroupRole.ORDINARY).joinedAt(1));
    assertThat(store().find("nothing")).isEmpty();
    assertThat(told("n_" + groupId)).containsExactly("v1");
    assertThat(version().number()).isEqualTo(1);
    assertThat(version().id()).matches("[0-9a-f]{24}");
  }

  @Test
  void aTakenIdMakesNothing() {
    create();
    assertThat(store().create(group(), ordinary("eve"), this::note)).isFalse();
    assertThat(store().memberIds(groupId)).doesNotContain("eve");
    assertThat(told("n_" + groupId)).hasSize(1);
  }

  @Test
  void membersAreInOrderOfRoleAndEntry() {
    create();
    enter("carl", "anna");
    enter("Anna", "雁");
    assertThat(store().memberIds(groupId))
        .containsExactly("owner", "zoe", "bob", "carl", "anna", "Anna", "雁");
    assertThat(store().handlerIds(groupId, 10)).containsExactly("owner", "zoe");
    assertThat(store().handlerIds(groupId, 1)).containsExactly("owner");
    assertThat(store().memberIds("nothing")).isEmpty();
  }

  @Test
  void whoIsAMemberAlreadyStaysAsItIs() {
    create();
    List<Change> changes = new ArrayList<>();
    Outcome outcome =
        store()
            .enter(
                groupId,
                ordinary("zoe", "anna", "owner"),
                MOST,
                change -> {
                  changes.add(change);
                  return note(change);
                });
    assertThat(outcome).isEqualTo(Outcome.DONE);
    assertThat(changes.getFirst().entered()).extracting(Member::userId).containsExactly("anna");
    assertThat(changes.getFirst().group().memberCount()).isEqualTo(4);
    assertThat(store().members(groupId, List.of("zoe")).getFirst().role())
        .isEqualTo(GroupRole.ADMIN);
    assertThat(enter("anna", "bob")).isEqualTo(Outcome.DONE);
    assertThat(version().number()).as("nobody came in").isEqualTo(2);
    assertThat(told("n_" + groupId)).containsExactly("v1", "v2");
  }

  @Test
  void aGroupThatIsMissingDismissedOrFullLetsNobodyIn() {
    assertThat(enter("anna")).isEqualTo(Outcome.NO_GROUP);
    create();
    assertThat(store().enter(groupId, ordinary("a", "b"), 4, this::note)).isEqualTo(Outcome.FULL);
    assertThat(store().enter(groupId, ordinary("a", "bob"), 4, this::note)).isEqualTo(Outcome.DONE);
    dismiss(groupId);
    assertThat(enter("anna")).isEqualTo(Outcome.DISMISSED);
    assertThat(store().memberIds(groupId)).containsExactly("owner", "zoe", "bob", "a");
    assertThat(told("n_" + groupId)).hasSize(2);
  }

  @Test
  void aFailureOfTheNotificationsUndoesTheChange() {
    create();
    assertThatThrownBy(() ->
            store()
                .enter(
                    groupId,
                    ordinary("anna"),
                    MOST,
                    change -> {
                      throw new IllegalStateException("no notification");
                    }))
        .hasMessageContaining("no notification");
    assertThat(store().memberIds(groupId)).doesNotContain("anna");
    assertThat(version().number()).isEqualTo(1);
  }

  @Test
  void changesAtTheSameTimeGetOneOrderOfVersionsAndNotifications() {
    create();
    Collection<Long> versions = new ConcurrentLinkedQueue<>();
    List<CompletableFuture<Outcome>> running =
        IntStream.range(0, 20)
            .mapToObj(i ->
                CompletableFuture.supplyAsync(
                    () ->
                        store()
                            .enter(
                                groupId,
                                ordinary("u" + i, "common" + i % 3),
                                MOST,
                                change -> {
                                  versions.add(change.version().number());
                                  return note(change);
                                }),
                    runnable -> Thread.startVirtualThread(runnable)))
            .toList();
    running.forEach(each -> assertThat(each.join()).isEqualTo(Outcome.DONE));
    assertThat(store().memberIds(groupId)).hasSize(26).doesNotHaveDuplicates();
    assertThat(store().find(groupId).orElseThrow().memberCount()).isEqualTo(26);
    assertThat(told("n_" + groupId))
        .containsExactlyElementsOf(IntStream.rangeClosed(1, 21).mapToObj(v -> "v" + v).toList());
    assertThat(versions).contains(2L, 21L);
  }

  @Test
  void aRequestReplacesAnEarlierOneAndMembersNeedNone() {
    create();
    apply("first", "anna", "carl", "bob");
    apply("second", "anna");
    assertThat(requests(groupId)).isEqualTo(Map.of("anna", "second", "carl", "first"));
    assertThat(told("n_request")).contains(groupId + " anna", groupId + " carl");
    dismiss(groupId);
    assertThat(apply("third", "anna")).isEqualTo(Outcome.DISMISSED);
  }

  private Outcome apply(String inviter, String... userIds) {
    List<JoinRequest> requests =
        List.of(userIds).stream()
            .map(user -> new JoinRequest(groupId, user, "", 1, 2, inviter, ""))
            .toList();
    return store()
        .apply(
            groupId,
            requests,
            (group, stored) ->
                stored.stream()
                    .map(each -> Notes.note("n_request", groupId + " " + each.userId(), 1))
                    .toList());
  }

  @Test
  void aFollowerLearnsWhatHasChangedSinceItsVersion() {
    create();
    enter("anna");
    enter("carl", "dora");
    assertThat(views().changedSince(groupId, 0, 10)).hasSize(6);
    assertThat(views().changedSince(groupId, 1, 10))
        .containsExactlyInAnyOrder("anna", "carl", "dora");
    assertThat(views().changedSince(groupId, 3, 10)).isEmpty();
    assertThat(views().changedSince(groupId, 0, 2)).hasSize(2);
    assertThat(views().versions(List.of(groupId, "nothing"))).containsOnlyKeys(groupId);
  }

  @Test
  void membersArePagedByTheirIdsBytes() {
    create();
    enter("A", "雁", "a");
    assertThat(views().membersAfter(groupId, "", 4))
        .extracting(Member::userId)
        .containsExactly("A", "a", "bob", "owner");
    assertThat(views().membersAfter(groupId, "owner", 4))
        .extracting(Member::userId)
        .containsExactly("zoe", "雁");
  }
}
