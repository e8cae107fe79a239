package im.hongyan.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.client.session.LoginOptions;
import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.drivers.mysql.Transactions;
import im.hongyan.embedded.EmbeddedStores;
import im.hongyan.embedded.EmbeddedStores.Kind;
import im.hongyan.kit.config.Settings;
import im.hongyan.messagelog.kafka.DeadLetters;
import im.hongyan.messagelog.kafka.LaneProducer;
import im.hongyan.messagelog.kafka.LaneRecords;
import im.hongyan.messagelog.kafka.Topics;
import im.hongyan.messagelog.lane.LaneRecord;
import im.hongyan.proto.group.CreateGroupReq;
import im.hongyan.proto.group.CreateGroupResp;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.sdkws.GroupInfoSetNameTips;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.Copy;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.relation.outbox.OutboxRows;
import im.hongyan.testkit.Eventually;
import im.hongyan.testkit.system.RestCalls;
import im.hongyan.testkit.system.RunningSystem;
import im.hongyan.testkit.system.SystemAddress;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.Lane;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.Platform;
import im.hongyan.wire.notification.Notification;
import im.hongyan.wire.notification.NotificationType;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Proves that a record which nobody can process stops no lane, is shown to the operator, and comes
 * back to its place once it can be processed; and so does a notification that was refused.
 */
class DeadLettersE2E {
  private static final int LANES = 4;

  @TempDir private static Path folder;
  private static RunningSystem running;
  private static KafkaConfig kafka;

  @BeforeAll
  static void start() throws IOException {
    running =
        RunningSystem.start(
            folder.resolve("data"), Map.of("HONGYAN_RELATION_OUTBOX_GIVE_UP_AFTER", "1ms"));
    kafka =
        KafkaConfig.from(
            Settings.load(
                Path.of("none.yml"),
                Map.of(),
                EmbeddedStores.settings(Kind.KAFKA, running.data()).orElseThrow()));
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  private static String command(int status, String... arguments) {
    StringWriter said = new StringWriter();
    List<String> all = new ArrayList<>(List.of(arguments));
    all.add("--data=" + running.data());
    int ended =
        DeadLettersMain.execute(all.toArray(String[]::new), new PrintWriter(said, true), Map.of());
    assertThat(ended).as(said.toString()).isEqualTo(status);
    return said.toString();
  }

  @Test
  void junkStopsNoLaneAndIsListedAndAFixedRecordComesBack() {
    String id = MessageIds.next().substring(0, 8);
    try (TestUser alice = new TestUser(running.address().login("alice" + id, Platform.IOS));
        TestUser bob = new TestUser(running.address().login("bob" + id, Platform.IOS));
        LaneProducer producer = new LaneProducer(kafka, "junk")) {
      producer.awaitTopic(Topics.INBOUND);
      producer.awaitTopic(Topics.DEAD_LETTERS);
      ConversationId conversation = ConversationId.single(alice.id(), bob.id());
      int lane = Lane.of(conversation, LANES);
      alice.send(alice.text(bob.id(), "before"));
      bob.awaitPush();
      byte[] junk = "junk".getBytes(StandardCharsets.UTF_8);
      long offset = producer.append(Topics.INBOUND, lane, junk).join();
      MsgData after = alice.text(bob.id(), "after");
      alice.send(after);
      assertThat(bob.awaitPush().message().getClientMsgID()).isEqualTo(after.getClientMsgID());

      String listed = "lane " + lane + "  record " + offset;
      Eventually.eventually(() ->
          assertThat(command(0, "list")).contains(listed, "no record that this version knows"));
      assertThat(command(1, "replay")).contains("is not replayed: no record");
      assertThat(command(1, "replay", "4711")).contains("there is no dead letter 4711");

      MsgData late = alice.text(bob.id(), "late");
      producer.append(Topics.DEAD_LETTERS, 0, letter(lane, conversation, late)).join();
      long number = list().getLast().offset();
      assertThat(command(0, "replay", Long.toString(number)))
          .contains(number + " is back in lane " + lane);
      MsgData pushed = bob.awaitPush().message();
      assertThat(pushed.getClientMsgID()).isEqualTo(late.getClientMsgID());
      assertThat(pushed.getSeq()).as("junk took no seq").isEqualTo(3);
      assertThat(command(0, "list")).contains("(replayed)");
      command(0, "replay", Long.toString(number));
      MsgData last = alice.text(bob.id(), "last");
      alice.send(last);
      assertThat(bob.awaitPush().message().getClientMsgID())
          .as("a second replay is dropped")
          .isEqualTo(last.getClientMsgID());
    }
  }

  @Test
  void aRefusedNotificationIsListedAndComesBackOnceItsCauseIsMended() {
    String id = MessageIds.next().substring(0, 8);
    LoginOptions owner = running.address().login("owner" + id, Platform.IOS);
    String group = "late" + id;
    try (TestUser device = new TestUser(owner);
        RestCalls rest = new RestCalls(running.address());
        RunStores stores = new RunStores(running.data())) {
      List<String> clientIds =
          Stream.of("first", "second").map(text -> note(stores, group, text)).toList();
      Eventually.eventually(() ->
          assertThat(command(0, "list", "--notifications"))
              .contains("n_" + group + "  type 1520  " + clientIds.getLast())
              .contains("group not found"));

      rest.call(
          owner,
          "/group/create_group",
          CreateGroupReq.newBuilder()
              .setOwnerUserID(owner.userId())
              .setGroupInfo(
                  GroupInfo.newBuilder().setGroupID(group).setGroupName("late").setGroupType(2))
              .build(),
          CreateGroupResp.getDefaultInstance());
      assertThat(command(0, "replay", "--notifications"))
          .containsSubsequence("is back in conversation n_" + group, "is back in conversation n_");
      assertThat(awaitPushes(device, 1520, 2)).isEqualTo(clientIds);
      assertThat(command(0, "list", "--notifications")).contains("0 dead letters");
      assertThat(command(1, "replay", "--notifications", "4711"))
          .contains("there is no dead letter 4711");
    }
  }

  /** Writes a notification to a group, as a change would; returns its client id. */
  private static String note(RunStores stores, String group, String name) {
    Notification notification =
        Notification.of(
                NotificationType.GROUP_NAME_SET,
                GroupInfoSetNameTips.newBuilder()
                    .setGroup(GroupInfo.newBuilder().setGroupID(group).setGroupName(name))
                    .build(),
                1)
            .toGroup(SystemAddress.ADMIN, group);
    Transactions.run(
        stores.mysql.jdbi(),
        handle -> {
          OutboxRows.append(handle, List.of(notification));
          return true;
        });
    return notification.message().getClientMsgID();
  }

  private static List<String> awaitPushes(TestUser device, int contentType, int count) {
    List<String> pushed = new ArrayList<>();
    while (pushed.size() < count) {
      TestUser.Pushed next = device.awaitPush();
      if (next.message().getContentType() == contentType
          && next.conversationId().startsWith("n_")) {
        pushed.add(next.message().getClientMsgID());
      }
    }
    return pushed;
  }

  private static List<DeadLetters.Entry> list() {
    try (DeadLetters letters = new DeadLetters(kafka)) {
      return letters.list();
    }
  }

  /** As a sequencer keeps it that does not know the record's form yet. */
  private static byte[] letter(int lane, ConversationId conversation, MsgData message) {
    InboundRecord record =
        InboundRecord.newBuilder()
            .setSendId(message.getSendID())
            .setClientMsgId(message.getClientMsgID())
            .setSendTimeMillis(1)
            .addRecipients(message.getRecvID())
            .addCopies(
                Copy.newBuilder()
                    .setConversationId(conversation.value())
                    .setStored(true)
                    .setMessage(message.toByteString()))
            .build();
    return DeadLetters.encode(
        lane, new LaneRecord(7_000_000, 1, LaneRecords.encode(record)), "of a newer version");
  }
}
