package im.hongyan.standalone;

import static im.hongyan.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.drivers.redis.Redis;
import im.hongyan.messagelog.kafka.Topics;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.testkit.system.RunningSystem;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.Lane;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.Platform;
import im.hongyan.wire.message.MessageStatus;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Proves what becomes of {@code run} when its logs lose records: nothing where everybody had them,
 * nothing where other stores have them, and else one lane that says so and refuses sends, until the
 * operator gives up what nobody has. {@code ./hongyan doctor} names each.
 */
class LostLogE2E {
  @TempDir private static Path folder;
  private RunningSystem running;
  private RunStores stores;

  /** Who bob is for alice in a lane, and what she has sent him. */
  private record Chat(String bob, String conversation, int lane, List<MsgData> sent) {}

  private final String alice = "alice" + MessageIds.next().substring(0, 8);
  private final Map<Integer, Chat> chats = new HashMap<>();

  @BeforeEach
  void start() {
    running = RunningSystem.start(folder.resolve("data"));
    stores = new RunStores(running.data());
  }

  @AfterEach
  void stop() {
    stores.close();
    running.close();
  }

  private TestUser user(String id) {
    return new TestUser(running.address().login(id, Platform.ANDROID));
  }

  private void chooseAChatInEachLane() {
    while (chats.size() < stores.lanes()) {
      String bob = "bob" + MessageIds.next().substring(0, 8);
      ConversationId id = ConversationId.single(alice, bob);
      int lane = Lane.of(id, stores.lanes());
      chats.putIfAbsent(lane, new Chat(bob, id.value(), lane, new ArrayList<>()));
    }
  }

  /** Sends a message in each lane, which is pushed, and everything can be pulled. */
  private void talk() {
    try (TestUser sender = user(alice)) {
      for (Chat chat : chats.values()) {
        talk(sender, chat);
      }
    }
  }

  private void talk(TestUser sender, Chat chat) {
    try (TestUser receiver = user(chat.bob())) {
      MsgData message = sender.text(chat.bob(), "n" + chat.sent().size());
      eventually(() -> sender.send(message));
      chat.sent().add(message);
      String id = message.getClientMsgID();
      MsgData pushed = receiver.awaitPush().message();
      while (!pushed.getClientMsgID().equals(id)) {
        pushed = receiver.awaitPush().message();
      }
      assertThat(receiver.pull(chat.conversation(), 1, 100))
          .extracting(MsgData::getClientMsgID)
          .containsExactlyElementsOf(chat.sent().stream().map(MsgData::getClientMsgID).toList());
    }
  }

  private void awaitFollowed() {
    for (int lane : chats.keySet()) {
      eventually(() -> {
        long last = stores.end(Topics.SEQUENCED, lane) - 1;
        assertThat(stores.history.position(lane).getOffset()).isEqualTo(last);
        assertThat(stores.inbox.position(lane).getOffset()).isEqualTo(last);
      });
    }
  }

  private List<Long> seqs(Chat chat) {
    return LongStream.rangeClosed(1, chat.sent().size()).boxed().toList();
  }

  private String doctor(int status, String... arguments) {
    StringWriter said = new StringWriter();
    List<String> all = new ArrayList<>(List.of(arguments));
    if (all.isEmpty()) {
      all.add("--data=" + running.data());
    }
    int ended =
        DoctorMain.execute(all.toArray(String[]::new), new PrintWriter(said, true), Map.of());
    assertThat(ended).as(said.toString()).isEqualTo(status);
    return said.toString();
  }

  private void startAgain() {
    stores.close();
    running.startAgain();
    stores = new RunStores(running.data());
  }

  @Test
  void logsThatLoseRecordsLoseNoMessageInSilence() throws IOException {
    chooseAChatInEachLane();
    whatEverybodyHadIsMissedByNobody();
    whatHistoryLacksComesFromTheOtherStores();
    Chat chat = chats.values().iterator().next();
    long begin = whatNobodyProvablyHasStopsItsLane(chat);
    whatIsGivenUpIsAPlaceholder(chat, begin);
  }

  private void whatEverybodyHadIsMissedByNobody() {
    talk();
    awaitFollowed();
    chats.keySet().forEach(stores::cut);
    talk();
    talk();
    awaitFollowed();
    assertThat(doctor(0)).contains("parts are ready");
    chats
        .values()
        .forEach(
            chat -> assertThat(stores.history.find(chat.conversation(), seqs(chat))).hasSize(3));
  }

  private void whatHistoryLacksComesFromTheOtherStores() {
    // Until its server stops. A broker that is killed may forget what was cut.
    stores.holdHistory();
    talk();
    chats.keySet().forEach(stores::cut);
    running.program().stop();
    assertThat(doctor(1))
        .contains("nothing answers at http://127.0.0.1:", "its disk has room")
        .hasLineCount(2);
    startAgain();
    assertThat(running.program().output())
        .contains("history got 1 messages of them from Redis and the inbox, and 0 are given up");
    talk();
    awaitFollowed();
    chats
        .values()
        .forEach(
            chat -> assertThat(stores.history.find(chat.conversation(), seqs(chat))).hasSize(5));
    assertThat(doctor(0)).contains("parts are ready");
  }

  private long whatNobodyProvablyHasStopsItsLane(Chat chat) {
    long begin;
    try (Handle hold = stores.holdHistory();
        TestUser sender = user(alice)) {
      talk(sender, chat);
      talk(sender, chat);
      eventually(
          () -> assertThat(stores.inbox.find(chat.conversation(), List.of(6L, 7L))).hasSize(2));
      stores.inbox.remove(chat.conversation(), List.of(6L));
      begin = stores.cut(chat.lane());
      Redis.await(stores.redis.commands().flushall());
      eventually(() -> {
        stores.cutHistoryOff();
        assertThat(doctor(1))
            .contains(
                "hongyan-history is not ready",
                "lane %d: records".formatted(chat.lane()),
                "Redis does not hold the lane",
                "hongyan-sequencer is not ready");
      });
      hold.rollback();
    }
    begin = Math.max(begin, stores.cut(chat.lane()));
    String advice = "to give up all of it: recovery.acceptLoss: " + chat.lane() + "@" + begin;
    eventually(() -> assertThat(doctor(1)).contains(advice));
    try (TestUser sender = user(alice)) {
      assertThatThrownBy(() -> sender.send(sender.text(chat.bob(), "refused")))
          .isInstanceOfSatisfying(
              ImException.class, e -> assertThat(e.code()).isEqualTo(ImError.INTERNAL.code()));
      Chat other = Objects.requireNonNull(chats.get((chat.lane() + 1) % stores.lanes()));
      talk(sender, other);
    }
    return begin;
  }

  private void whatIsGivenUpIsAPlaceholder(Chat chat, long begin) throws IOException {
    Files.writeString(
        RunningSystem.config(running.data()),
        "recovery:\n  acceptLoss: \"%d@%d\"\n".formatted(chat.lane(), begin));
    running.program().stop();
    startAgain();
    assertThat(doctor(0, "--url", running.address().api().toString())).contains("are ready");
    try (TestUser sender = user(alice);
        TestUser receiver = user(chat.bob())) {
      MsgData last = sender.text(chat.bob(), "goes on");
      eventually(() -> sender.send(last));
      List<MsgData> pulled = receiver.pull(chat.conversation(), 1, 100);
      assertThat(pulled)
          .extracting(MsgData::getSeq)
          .containsExactlyElementsOf(LongStream.rangeClosed(1, 8).boxed().toList());
      assertThat(pulled.get(5).getStatus()).isEqualTo(MessageStatus.DELETED);
      assertThat(pulled.get(6).getClientMsgID()).isEqualTo(chat.sent().getLast().getClientMsgID());
      assertThat(pulled.get(7).getClientMsgID()).isEqualTo(last.getClientMsgID());
    }
  }
}
