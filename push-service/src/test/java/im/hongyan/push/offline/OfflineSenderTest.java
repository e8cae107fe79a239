package im.hongyan.push.offline;

import static im.hongyan.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.messagelog.kafka.LaneRecords;
import im.hongyan.messagelog.lane.LaneRecord;
import im.hongyan.proto.offline.OfflineRecord;
import im.hongyan.proto.offline.OptionsOfUsers;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.OfflinePushInfo;
import im.hongyan.webhooks.PushHooks;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Proves who is notified of a message, that what is not taken is tried again within bounds and
 * delays no other, and that nothing is passed that was not finished.
 */
class OfflineSenderTest {
  private final FakeProvider provider = new FakeProvider();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<Integer> asked = Collections.synchronizedList(new ArrayList<>());
  private final List<String> hooked = Collections.synchronizedList(new ArrayList<>());
  private volatile boolean relationAway;
  private OptionsOfUsers options = OptionsOfUsers.getDefaultInstance();
  private OfflineSender sender = create(PushHooks.NONE, 3);
  private long end;

  private OfflineSender create(PushHooks hooks, int attempts) {
    OfflineSender created =
        new OfflineSender(
            lane -> end,
            records -> {
              asked.add(records.size());
              if (relationAway) {
                throw ImException.internal("away", null);
              }
              return records.stream().map(record -> options).toList();
            },
            hooks,
            provider,
            new OfflineSender.Tries(attempts, Duration.ofMillis(1)),
            meters);
    assertThat(created.start(0, 0).from()).isEqualTo(end);
    return created;
  }

  @AfterEach
  void close() {
    sender.close();
  }

  private static OfflineRecord record(String id, int sessionType, String... users) {
    return record(MsgData.newBuilder().setClientMsgID(id).setSessionType(sessionType), users);
  }

  private static OfflineRecord record(MsgData.Builder message, String... users) {
    return OfflineRecord.newBuilder()
        .setOperationId("op")
        .setConversationId("sg_g")
        .addAllUserIds(List.of(users))
        .setMessage(message.build().toByteString())
        .build();
  }

  private void handle(OfflineRecord... records) {
    List<LaneRecord> all = new ArrayList<>();
    for (OfflineRecord record : records) {
      all.add(new LaneRecord(end++, 0, LaneRecords.encode(record)));
    }
    sender.handle(0, all);
  }

  private long committed() {
    var checkpoint = sender.checkpoints().get(0);
    return checkpoint == null ? -1 : checkpoint.offset();
  }

  private void finished(long offset) {
    eventually(() -> assertThat(committed()).isEqualTo(offset));
  }

  @Test
  void whoWantsToBeNotifiedIsNotifiedAndABatchAsksOnce() {
    options =
        OptionsOfUsers.newBuilder()
            .putConversation("no", 1)
            .putConversation("silent", 2)
            .putGlobal("away", 1)
            .putGlobal("asleep", 2)
            .build();
    String[] users = {"ann", "no", "silent", "away", "asleep"};
    handle(
        record("plain", 3, users),
        record(
            MsgData.newBuilder()
                .setClientMsgID("at")
                .setSessionType(3)
                .addAtUserIDList("no")
                .addAtUserIDList("silent")
                .addAtUserIDList("asleep"),
            users),
        record(
            MsgData.newBuilder()
                .setClientMsgID("all")
                .setSessionType(3)
                .addAtUserIDList("AtAllTag"),
            users),
        record("single", 1, "no"));
    finished(4);
    assertThat(asked).containsExactly(3);
    assertThat(provider.taken)
        .extracting(OfflineNotification::clientMsgId, OfflineNotification::userIds)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("plain", List.of("ann")),
            org.assertj.core.groups.Tuple.tuple("at", List.of("ann", "silent")),
            org.assertj.core.groups.Tuple.tuple("all", List.of("ann", "silent")),
            org.assertj.core.groups.Tuple.tuple("single", List.of("no")));
  }

  @Test
  void noCallAsksForMoreThanItMay() {
    handle(
        IntStream.range(0, 1_500)
            .mapToObj(i -> record("m" + i, 3, "ann"))
            .toArray(OfflineRecord[]::new));
    finished(1_500);
    assertThat(asked).containsExactly(1_000, 500);
  }

  @Test
  void theUsersOfLargeGroupsThatAreUnderWayAreBounded() {
    String[] thousand = IntStream.range(0, 1_000).mapToObj(i -> "u" + i).toArray(String[]::new);
    CountDownLatch go = new CountDownLatch(1);
    provider.waits.put("large", go);
    handle(
        IntStream.range(0, 100)
            .mapToObj(i -> record("large", 3, thousand))
            .toArray(OfflineRecord[]::new));
    eventually(() -> assertThat(provider.tries.get("large")).hasValue(50));
    assertThat(asked).hasSize(5).containsOnly(10);
    go.countDown();
    finished(100);
    assertThat(provider.taken).hasSize(100);
  }

  @Test
  void nobodyIsNotifiedBeforeItIsKnownWhatHeWants() {
    relationAway = true;
    handle(record("group", 3, "ann"), record("single", 1, "bob"));
    eventually(() -> assertThat(provider.ids()).containsExactly("single"));
    eventually(() -> assertThat(asked).hasSizeGreaterThan(3));
    assertThat(committed()).isZero();
    relationAway = false;
    finished(2);
    assertThat(provider.ids()).containsExactly("single", "group");
  }

  @Test
  void whatIsNotTakenIsTriedAgainAndDroppedInTheEnd() {
    provider.failures.put("twice", 2);
    provider.failures.put("dead", 1_000);
    handle(record("twice", 1, "ann"), record("dead", 1, "ann"), record("fine", 1, "ann"));
    finished(3);
    assertThat(provider.ids()).containsExactlyInAnyOrder("twice", "fine");
    assertThat(provider.tries.get("dead")).hasValue(3);
    assertThat(meters.counter("msg_offline_push_failed").count()).isEqualTo(1);
  }

  @Test
  void invariant26AMessageThatAProviderIsSlowWithDelaysNoOther() {
    CountDownLatch go = new CountDownLatch(1);
    provider.waits.put("slow", go);
    handle(record("slow", 1, "ann"));
    OfflineRecord[] others =
        IntStream.range(0, 500)
            .mapToObj(i -> record("m" + i, 1, "u"))
            .toArray(OfflineRecord[]::new);
    handle(others);
    eventually(() -> assertThat(provider.taken).hasSize(500));
    assertThat(committed()).as("what is not finished is not passed").isZero();
    assertThat(sender.acceptsMore(0)).isTrue();
    go.countDown();
    finished(501);
  }

  @Test
  void noMoreIsReadThanABound() {
    CountDownLatch go = new CountDownLatch(1);
    provider.waits.put("slow", go);
    OfflineRecord[] many =
        IntStream.range(0, 2_000)
            .mapToObj(i -> record("slow", 1, "u"))
            .toArray(OfflineRecord[]::new);
    handle(many);
    assertThat(sender.acceptsMore(0)).isFalse();
    go.countDown();
    finished(2_000);
    assertThat(sender.acceptsMore(0)).isTrue();
    assertThat(sender.acceptsMore(1)).as("not ours").isFalse();
  }

  @Test
  void foreignRecordsArePassedOver() {
    sender.handle(0, List.of(new LaneRecord(end++, 0, new byte[] {9, 9})));
    handle(record("fine", 1, "ann"));
    finished(2);
    assertThat(provider.ids()).containsExactly("fine");
  }

  @Test
  void theHookIsAskedLastAndMayChangeEverything() {
    sender.close();
    sender =
        create(
            new PushHooks() {
              @Override
              public Offline beforeOfflinePush(MsgData message, List<String> userIds) {
                hooked.add(message.getClientMsgID() + " " + userIds);
                if (message.getClientMsgID().equals("refused")) {
                  throw ImError.NO_PERMISSION.with("by the hook");
                }
                return message.getClientMsgID().equals("changed")
                    ? new Offline(
                        List.of("vip"), OfflinePushInfo.newBuilder().setTitle("t").build())
                    : Offline.SAME;
              }
            },
            3);
    options = OptionsOfUsers.newBuilder().putConversation("no", 1).build();
    handle(
        record("refused", 3, "ann"),
        record("changed", 3, "ann", "no"),
        record("same", 3, "bob"),
        record("nobody", 3, "no"));
    finished(4);
    assertThat(hooked).containsExactlyInAnyOrder("refused [ann]", "changed [ann]", "same [bob]");
    assertThat(provider.taken)
        .extracting(
            OfflineNotification::clientMsgId,
            OfflineNotification::userIds,
            OfflineNotification::title)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("changed", List.of("vip"), "t"),
            org.assertj.core.groups.Tuple.tuple("same", List.of("bob"), "[NEWMSG]"));
  }
}
