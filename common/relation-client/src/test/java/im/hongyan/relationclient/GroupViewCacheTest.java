package im.hongyan.relationclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.kit.call.CallContext;
import im.hongyan.proto.groups.GroupState;
import im.hongyan.proto.groups.GroupVersion;
import im.hongyan.testkit.TestSeeds;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Proves that a kept group is what rpc-relation has at the moment of the look, at the price of what
 * has changed, and that no store's absence passes for a group's.
 */
class GroupViewCacheTest {
  private final FakeGroups groups = new FakeGroups();
  private GroupViewCache cache = new GroupViewCache(groups::channel, 1_000_000);

  @AfterEach
  void close() {
    groups.close();
  }

  private Map<GroupId, GroupView> current(Collection<String> ids) {
    List<GroupId> groupIds = ids.stream().map(GroupId::new).toList();
    try {
      return CallContext.service("op").call(() -> cache.current(groupIds));
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private GroupView current(String id) {
    return Objects.requireNonNull(current(List.of(id)).get(new GroupId(id)));
  }

  private static List<String> ids(GroupView view) {
    return view.members().stream().map(GroupMember::userId).sorted().toList();
  }

  private static List<String> users(int from, int to) {
    return IntStream.range(from, to).mapToObj("u%06d"::formatted).toList();
  }

  @Test
  void aGroupIsReadOnceAndThenAskedForItsVersionAlone() {
    groups.enter("g", users(0, 1_000));
    groups.change("g", "u000007", 100, 0);
    groups.change("g", "u000008", 60, 99);
    GroupView view = current("g");
    // Three pages, and what has changed since the first.
    assertThat(groups.calls())
        .containsExactly("versions 1", "changes g", "changes g", "changes g", "changes g");
    assertThat(ids(view)).isEqualTo(users(0, 1_000));
    assertThat(view.size()).isEqualTo(1_000);
    assertThat(view.groupType()).isEqualTo(2);
    assertThat(view.memberCount()).isEqualTo(1_000);
    assertThat(view.member(new UserId("u000007"))).hasValue(new GroupMember("u000007", 100, 0, 8));
    assertThat(view.member(new UserId("u000008"))).hasValue(new GroupMember("u000008", 60, 99, 9));
    assertThat(view.member(new UserId("nobody"))).isEmpty();
    assertThat(view.member(new UserId("zoe"))).isEmpty();
    assertThat(current("g")).isSameAs(view);
    assertThat(groups.calls()).containsExactly("versions 1");
  }

  @Test
  void eachLookFindsWhatWasChangedBeforeIt() {
    groups.enter("g", List.of("a", "b"));
    assertThat(ids(current("g"))).containsExactly("a", "b");
    groups.enter("g", List.of("c"));
    groups.leave("g", "a");
    groups.calls();
    assertThat(ids(current("g"))).containsExactly("b", "c");
    assertThat(groups.calls()).containsExactly("versions 1", "changes g");
    groups.status("g", 2);
    assertThat(current("g").status()).isEqualTo(2);
    groups.leave("g", "b");
    groups.leave("g", "c");
    assertThat(current("g").members()).isEmpty();
    assertThat(current("g").member(new UserId("b"))).isEmpty();
    groups.enter("g", List.of("d"));
    assertThat(ids(current("g"))).containsExactly("d");
  }

  @Test
  void allGroupsOfALookAreAskedForAtOnceAndOneThatIsNoneIsAbsent() {
    groups.enter("g", List.of("a"));
    groups.enter("h", List.of("b"));
    assertThat(current(List.of("g", "none", "h", "g")))
        .containsOnlyKeys(new GroupId("g"), new GroupId("h"));
    assertThat(groups.calls())
        .containsExactly("versions 3", "changes g", "changes g", "changes h", "changes h");
    groups.remove("g");
    assertThat(current(List.of("g", "h"))).containsOnlyKeys(new GroupId("h"));
    groups.enter("g", List.of("z"));
    assertThat(ids(current("g"))).containsExactly("z");
    groups.calls();
    current(IntStream.range(0, 1_001).mapToObj(i -> "none" + i).toList());
    assertThat(groups.calls()).containsExactly("versions 1000", "versions 1");
  }

  @Test
  void whatChangesWhileAGroupIsReadIsNotMissed() {
    groups.enter("g", users(0, 1_000));
    AtomicBoolean once = new AtomicBoolean();
    List<Runnable> changes =
        new ArrayList<>(
            List.of(
                () -> {},
                () -> {},
                () -> groups.enter("g", List.of("aa")),
                () -> groups.leave("g", "u000001"),
                () -> once.set(true)));
    groups.beforeEachAnswer(() -> {
      if (!changes.isEmpty()) {
        changes.removeFirst().run();
      }
    });
    List<String> ids = ids(current("g"));
    assertThat(once).isTrue();
    assertThat(ids).contains("aa").doesNotContain("u000001").hasSize(1_000);
  }

  @Test
  void aGroupThatIsMadeAnewWhileItIsReadIsNotMixedWithTheOld() {
    groups.enter("g", users(0, 1_000));
    AtomicBoolean once = new AtomicBoolean();
    List<Runnable> changes =
        new ArrayList<>(
            List.of(
                () -> {},
                () -> {},
                () -> {
                  groups.remove("g");
                  groups.enter("g", users(900, 1_900));
                  once.set(true);
                }));
    groups.beforeEachAnswer(() -> {
      if (!changes.isEmpty()) {
        changes.removeFirst().run();
      }
    });
    assertThat(ids(current("g"))).isEqualTo(users(900, 1_900));
    assertThat(once).isTrue();
  }

  @Test
  void aStoreThatDoesNotAnswerIs500AndNoAbsence() {
    groups.enter("g", List.of("a"));
    current("g");
    groups.away(true);
    assertThatThrownBy(() -> current("g"))
        .isInstanceOfSatisfying(ImException.class, e -> assertThat(e.code()).isEqualTo(500));
    groups.away(false);
    assertThat(ids(current("g"))).containsExactly("a");
  }

  @Test
  void aChangeCostsTheStretchesInWhichItIs() {
    groups.enter("g", users(0, 5_000));
    GroupView before = current("g");
    assertThat(before.chunks()).hasSize(8);
    groups.enter("g", List.of("u000010x"));
    groups.leave("g", "u004990");
    groups.change("g", "u002500", 60, 0);
    GroupView after = current("g");
    assertThat(ids(after)).hasSize(5_000).contains("u000010x").doesNotContain("u004990");
    Set<Object> chunks = Collections.newSetFromMap(new IdentityHashMap<>());
    Set<Object> lists = Collections.newSetFromMap(new IdentityHashMap<>());
    before.chunks().forEach(chunk -> chunks.add(chunk));
    before.chunks().forEach(chunk -> lists.add(chunk.userIds()));
    assertThat(after.chunks().stream().filter(chunks::contains)).hasSizeBetween(5, 7);
    // A role is no matter of who is there.
    assertThat(after.chunks().stream().filter(c -> lists.contains(c.userIds())))
        .hasSizeBetween(6, 7);
    assertThat(ids(before)).as("a view never changes").isEqualTo(users(0, 5_000));
  }

  /** Seeded: any row of changes gives the same members as a map, cut alike by all. */
  @Test
  void anyRowOfChangesGivesTheMembersThereAre() {
    for (long seed : TestSeeds.given(30).toArray()) {
      Random random = new Random(seed);
      TreeMap<String, GroupMember> all = new TreeMap<>();
      GroupView view = GroupView.of(new GroupId("g"), v(0), state(), List.of());
      for (int round = 1; round <= 20; round++) {
        List<GroupMember> changed = new ArrayList<>();
        List<String> left = new ArrayList<>();
        boolean grows = random.nextBoolean();
        int changes = random.nextInt(1_000);
        for (int i = 0; i < changes; i++) {
          String user = "u" + random.nextInt(3_000);
          if (random.nextInt(10) < (grows ? 8 : 1)) {
            changed.add(new GroupMember(user, random.nextInt(3), 0, round));
            all.put(user, changed.getLast());
            left.remove(user);
          } else if (all.remove(user) != null) {
            left.add(user);
            changed.removeIf(member -> member.userId().equals(user));
          }
        }
        view = view.with(v(round), state(), changed, left);
        GroupView fresh = GroupView.of(new GroupId("g"), v(round), state(), view.members());
        for (int i = 0; i < fresh.chunks().size(); i++) {
          assertThat(view.chunks().get(i).members())
              .as("cut in the same way by whoever reads it first; " + TestSeeds.name(seed))
              .hasSizeLessThan(1_000)
              .isEqualTo(fresh.chunks().get(i).members());
        }
        TreeMap<String, GroupMember> members = new TreeMap<>();
        view.members().forEach(member -> members.put(member.userId(), member));
        assertThat(members).as(TestSeeds.name(seed)).isEqualTo(all);
        assertThat(view.size()).isEqualTo(all.size());
        String some = "u" + random.nextInt(3_000);
        assertThat(view.member(new UserId(some)).orElse(null)).isEqualTo(all.get(some));
      }
    }
  }

  private static GroupVersion v(long number) {
    return GroupVersion.newBuilder().setId("v").setNumber(number).build();
  }

  private static GroupState state() {
    return GroupState.getDefaultInstance();
  }

  @Test
  void whoLooksAtOnceSharesARefresh() throws Exception {
    groups.enter("g", List.of("a"));
    CountDownLatch all = new CountDownLatch(20);
    groups.beforeEachAnswer(() -> {
      all.countDown();
      try {
        all.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    });
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<CompletableFuture<GroupView>> looks = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        looks.add(CompletableFuture.supplyAsync(() -> current("g"), threads));
      }
      for (var look : looks) {
        assertThat(ids(look.get())).containsExactly("a");
      }
      assertThat(groups.calls()).filteredOn("changes g"::equals).as("of one refresh").hasSize(2);
    }
  }

  @Test
  void groupsAreKeptUpToANumberOfMembersAndTheOneLookedAtLongestAgoGoesFirst() {
    cache = new GroupViewCache(groups::channel, 330);
    List.of("a", "b", "c").forEach(id -> groups.enter(id, users(0, 100)));
    current(List.of("a", "b", "c"));
    current("a");
    groups.enter("d", users(0, 100));
    current("d");
    groups.calls();
    current(List.of("a", "c", "d"));
    assertThat(groups.calls()).containsExactly("versions 3");
    current("b");
    assertThat(groups.calls()).containsExactly("versions 1", "changes b", "changes b");
    groups.enter("large", users(0, 1_000));
    current("large");
    groups.calls();
    current("large");
    assertThat(groups.calls()).containsExactly("versions 1");
  }
}
