package im.hongyan.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.client.session.LoginOptions;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqReq;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqResp;
import im.hongyan.standalone.sync.Device;
import im.hongyan.standalone.sync.ShownConversation;
import im.hongyan.testkit.Eventually;
import im.hongyan.testkit.system.RestCalls;
import im.hongyan.testkit.system.RunningSystem;
import im.hongyan.testkit.system.SharedSystem;
import im.hongyan.wire.id.ConversationId;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Plays what an official client asks for after a login, on a new device and on one that was away,
 * and compares what both show with what was done (client-sync.md 4.1, 4.2). An error of any route
 * fails the test.
 */
@ExtendWith(SharedSystem.class)
class LoginOrderE2E {
  private static final String GROUP_CREATED = "1501";
  private static final String MEMBER_QUIT = "1504";
  private static final String MEMBER_KICKED = "1508";
  private static final String GROUP_DISMISSED = "1511";
  private static final String FRIEND_ACCEPTED = "1201";
  private static final int NEWCOMERS = 210;
  private static final int PER_NOTIFICATION = 50;

  private static RunningSystem shared;
  private static RestCalls rest;

  private final SocialLife life = life();
  private final LoginOptions alice = life.login("alice");
  private final LoginOptions bob = life.login("bob");
  private final LoginOptions carol = life.login("carol");
  private final LoginOptions dave = life.login("dave");

  @BeforeAll
  static void start(RunningSystem system) {
    shared = system;
    rest = new RestCalls(system.address());
  }

  @AfterAll
  static void stop() {
    rest.close();
  }

  private static SocialLife life() {
    return new SocialLife(shared.address(), rest);
  }

  private static String chat(LoginOptions one, LoginOptions other) {
    return ConversationId.single(one.userId(), other.userId()).value();
  }

  private static String chat(String group) {
    return ConversationId.group(group).value();
  }

  private static ShownConversation shown(String name, long unread, String newest) {
    return new ShownConversation(name, unread, newest, false, 0);
  }

  private static String text(String text) {
    return "{\"content\":\"" + text + "\"}";
  }

  /** Waits until the newest seqs of alice's conversations are these: what was done is visible. */
  private void settle(Map<String, Long> newest) {
    Eventually.eventually(() -> {
      Map<String, Long> now = new HashMap<>();
      rest.call(
              alice,
              "/msg/get_conversations_has_read_and_max_seq",
              GetConversationsHasReadAndMaxSeqReq.newBuilder().setUserID(alice.userId()).build(),
              GetConversationsHasReadAndMaxSeqResp.getDefaultInstance())
          .getSeqsMap()
          .forEach((conversation, seqs) -> now.put(conversation, seqs.getMaxSeq()));
      assertThat(now).containsExactlyInAnyOrderEntriesOf(newest);
    });
  }

  @Test
  void aUserWithoutAnythingMeetsNoError() {
    Device phone = new Device(alice, rest);
    phone.visit();
    phone.visit();
    assertThat(phone.shown()).isEmpty();
    assertThat(phone.groups()).isEmpty();
    assertThat(phone.friends()).isEmpty();
    assertThat(phone.blacks()).isEmpty();
  }

  @Test
  void aNewDeviceShowsWhatWasDone() {
    life.befriend(alice, bob);
    life.remark(alice, bob, "Bobby");
    life.block(alice, carol);
    String flock = life.create("flock", bob, alice, carol);
    String own = life.create("own", alice, bob, dave);
    String left = life.create("left", bob, alice);
    String gone = life.create("gone", bob, alice);
    life.sendToGroup(carol, flock, "one", "two");
    life.send(dave, alice, "a", "b", "c");
    life.send(bob, alice, "hi");
    life.sendToGroup(bob, left, "stay");
    settle(
        Map.of(
            chat(alice, bob),
            2L,
            chat(alice, dave),
            3L,
            chat(flock),
            3L,
            chat(own),
            1L,
            chat(left),
            2L,
            chat(gone),
            1L));
    life.read(alice, chat(flock), 2);
    life.read(alice, chat(alice, dave), 1);
    life.set(alice, flock, true, 2);
    life.quit(alice, left);
    life.dismiss(bob, gone);
    life.sendToGroup(bob, left, "after alice left");
    settle(
        Map.of(
            chat(alice, bob),
            2L,
            chat(alice, dave),
            3L,
            chat(flock),
            3L,
            chat(own),
            1L,
            chat(left),
            3L,
            chat(gone),
            2L));

    Device phone = new Device(alice, rest);
    phone.visit();
    assertThat(phone.shown())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                chat(alice, bob), shown("Bobby", 2, text("hi")),
                chat(alice, dave), shown(dave.userId(), 2, text("c")),
                chat(flock), new ShownConversation("flock", 1, text("two"), true, 2),
                chat(own), shown("own", 0, GROUP_CREATED),
                chat(left), shown("left", 0, MEMBER_QUIT),
                chat(gone), shown("gone", 2, GROUP_DISMISSED)));
    assertThat(phone.groups()).as("by name").containsExactly(flock, own);
    assertThat(phone.members(flock)).containsExactly(bob.userId(), alice.userId(), carol.userId());
    assertThat(phone.members(own)).containsExactly(alice.userId(), bob.userId(), dave.userId());
    assertThat(phone.friends()).containsExactly(bob.userId());
    assertThat(phone.blacks()).containsExactly(carol.userId());
  }

  @Test
  void aDeviceThatWasAwayShowsTheSameAsANewOne() {
    life.befriend(alice, bob);
    String flock = life.create("flock", bob, alice, carol);
    String own = life.create("own", alice, bob, dave);
    String lost = life.create("lost", bob, alice);
    life.send(bob, alice, "hi");
    settle(Map.of(chat(alice, bob), 2L, chat(flock), 1L, chat(own), 1L, chat(lost), 1L));
    Device phone = new Device(alice, rest);
    phone.visit();
    int fullReadings = phone.fullReadings();

    life.befriend(carol, alice);
    life.remark(alice, bob, "Bobby");
    life.name(alice, own, "renamed");
    life.kick(bob, lost, alice);
    life.kick(alice, own, dave);
    life.nickname(bob, own, "B.");
    String late = life.create("late", carol, alice, bob);
    life.send(dave, alice, "a", "b");
    life.sendToGroup(bob, flock, "while away");
    life.set(alice, flock, true, 1);
    Map<String, Long> newest =
        Map.of(
            chat(alice, bob),
            2L,
            chat(alice, carol),
            1L,
            chat(alice, dave),
            2L,
            chat(flock),
            2L,
            chat(own),
            3L,
            chat(lost),
            2L,
            chat(late),
            1L);
    settle(newest);
    phone.visit();
    assertThat(phone.shown())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                chat(alice, bob), shown("Bobby", 2, text("hi")),
                chat(alice, carol), shown(carol.userId(), 0, FRIEND_ACCEPTED),
                chat(alice, dave), shown(dave.userId(), 2, text("b")),
                chat(flock), new ShownConversation("flock", 2, text("while away"), true, 1),
                chat(own), shown("renamed", 0, MEMBER_KICKED),
                chat(lost), shown("lost", 2, MEMBER_KICKED),
                chat(late), shown("late", 1, GROUP_CREATED)));
    assertThat(phone.groups()).containsExactlyInAnyOrder(flock, own, late);
    assertThat(phone.members(own)).containsExactly(alice.userId(), bob.userId());
    assertThat(phone.friends()).containsExactly(bob.userId(), carol.userId());
    assertThat(phone.fullReadings()).as("lists read as a whole").isEqualTo(fullReadings);
    Device fresh = new Device(alice, rest);
    fresh.visit();
    assertThat(phone.rows()).isEqualTo(fresh.rows());
    phone.visit();
    assertThat(phone.rows()).as("nothing is new").isEqualTo(fresh.rows());
  }

  @Test
  void aDeviceThatMissedTooMuchReadsItsListsAgain() {
    String many = life.create("many", alice, bob);
    settle(Map.of(chat(many), 1L));
    Device phone = new Device(alice, rest);
    phone.visit();
    life.invite(alice, many, life.register(alice.userId(), NEWCOMERS));
    life.sendToGroup(bob, many, "welcome");
    settle(Map.of(chat(many), 2L + Math.ceilDiv(NEWCOMERS, PER_NOTIFICATION)));
    phone.visit();
    Device fresh = new Device(alice, rest);
    fresh.visit();
    assertThat(phone.members(many)).hasSize(NEWCOMERS + 2).isEqualTo(fresh.members(many));
    assertThat(phone.rows()).isEqualTo(fresh.rows());
  }
}
