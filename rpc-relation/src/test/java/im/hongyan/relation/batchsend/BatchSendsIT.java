package im.hongyan.relation.batchsend;

import static im.hongyan.relation.RelationTestServer.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.kit.rpc.ParallelCalls.CallResult;
import im.hongyan.proto.batchsends.BatchSendsGrpc;
import im.hongyan.proto.batchsends.BeginBatchSend;
import im.hongyan.proto.batchsends.CancelBatchSend;
import im.hongyan.proto.batchsends.FindBatchSend;
import im.hongyan.proto.msg.SendMsgResp;
import im.hongyan.proto.rest.BatchSendState;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.relation.RelationTestServer;
import im.hongyan.relation.user.User;
import im.hongyan.relation.user.UserListStore;
import im.hongyan.relation.user.UserStore;
import im.hongyan.testkit.stores.QueryPlans;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.UserId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves that a job sends to each of its receivers once and in bounded steps, whoever dies, refuses
 * or is away meanwhile.
 */
@ExtendWith(TestStoresExtension.class)
class BatchSendsIT {
  private static final int ALL = 450;
  private static final MsgData MESSAGE =
      MsgData.newBuilder()
          .setSendID("news")
          .setClientMsgID("c1")
          .setSessionType(1)
          .setContentType(101)
          .setContent(ByteString.copyFromUtf8("{}"))
          .build();

  @AutoClose private static RelationDatabase database;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private long now = 1_000_000;
  private final UserListStore userList = new UserListStore(mysql());
  private final BatchSendStore store =
      new BatchSendStore(mysql(), new AllUsersByNumber(userList::total, userList::ids));

  @AutoClose private final RelationTestServer server = new RelationTestServer();

  /** Takes everything, and remembers what; failures are by receiver. */
  private static final class Receivers implements BatchSender {
    private final Map<String, Integer> got = new HashMap<>();
    private final List<Integer> sizes = new ArrayList<>();
    private final Map<String, ImException> failures = new HashMap<>();
    private @Nullable String dyingAt;

    @Override
    public List<CallResult<SendMsgResp>> send(String operationId, List<MsgData> messages) {
      sizes.add(messages.size());
      List<CallResult<SendMsgResp>> outcomes = new ArrayList<>();
      for (MsgData message : messages) {
        assertThat(message.toBuilder().clearRecvID().build()).isEqualTo(MESSAGE);
        assertThat(operationId).isEqualTo("op");
        if (message.getRecvID().equals(dyingAt)) {
          throw new IllegalStateException("dead");
        }
        ImException failure = failures.get(message.getRecvID());
        if (failure == null) {
          got.merge(message.getRecvID(), 1, Integer::sum);
        }
        outcomes.add(
            new CallResult<>(failure == null ? SendMsgResp.getDefaultInstance() : null, failure));
      }
      return outcomes;
    }
  }

  private final Receivers receivers = new Receivers();

  @BeforeAll
  static void start(TestStores stores) {
    database = RelationDatabase.open(stores);
  }

  private static MySql mysql() {
    return database.mysql();
  }

  @BeforeEach
  void clear() {
    database.clear();
    server.serve(new BatchSends(store, () -> Instant.ofEpochMilli(now)));
  }

  private static void users(int from, int to) {
    new UserStore(database.mysql())
        .addAll(
            IntStream.range(from, to)
                .mapToObj(i -> new User(new UserId("u" + i), "n", "f", "e", 0, 0, 1))
                .toList());
  }

  private BatchSteps steps() {
    return new BatchSteps(store, receivers, () -> Instant.ofEpochMilli(now), 100_000, meters);
  }

  private String begin(String... receivers) {
    return server
        .call(
            SERVICE,
            BatchSendsGrpc.getBeginMethod(),
            BeginBatchSend.newBuilder()
                .setMessage(MESSAGE)
                .addAllReceivers(List.of(receivers))
                .build())
        .getJobId();
  }

  private BatchSendState find(String jobId) {
    return server.call(
        SERVICE,
        BatchSendsGrpc.getFindMethod(),
        FindBatchSend.newBuilder().setJobID(jobId).build());
  }

  private BatchSendState cancel(String jobId) {
    return server.call(
        SERVICE,
        BatchSendsGrpc.getCancelMethod(),
        CancelBatchSend.newBuilder().setJobID(jobId).build());
  }

  private void workOff(BatchSteps steps) throws InterruptedException {
    int count = 0;
    while (steps.next()) {
      count++;
      assertThat(count).isLessThan(1_000);
    }
  }

  @Test
  void allUsersOfTheBeginGetItInBoundedSteps() throws InterruptedException {
    users(0, ALL);
    String job = begin();
    users(ALL, ALL + 10);
    BatchSteps steps = steps();
    assertThat(steps.next()).isTrue();
    BatchSendState after = find(job);
    assertThat(after.getState()).isEqualTo("running");
    assertThat(List.of(after.getTotal(), after.getDone())).containsExactly(450L, 200L);
    workOff(steps);
    BatchSendState end = find(job);
    assertThat(end)
        .isEqualTo(
            BatchSendState.newBuilder()
                .setJobID(job)
                .setState("done")
                .setTotal(ALL)
                .setDone(ALL)
                .setSent(ALL)
                .setClientMsgID("c1")
                .setCreateTime(now)
                .setEndTime(now)
                .build());
    assertThat(receivers.got).hasSize(ALL).doesNotContainKey("u" + ALL).containsValue(1);
    assertThat(receivers.got.values()).containsOnly(1);
    assertThat(receivers.sizes).allMatch(size -> size <= 16);
    assertThat(meters.counter("batch_send_sent").count()).isEqualTo(ALL);
  }

  @Test
  void aStepOfAProcessThatDiedGoesToAnotherAfterItsLease() throws InterruptedException {
    users(0, ALL);
    String job = begin();
    BatchSteps dying = steps();
    assertThat(dying.next()).isTrue();
    receivers.dyingAt = store.take(1, now, 0).orElseThrow().receivers().getFirst().value();
    assertThatThrownBy(dying::next).hasMessage("dead");
    receivers.dyingAt = null;
    BatchSteps other = steps();
    assertThat(other.next()).as("leased").isFalse();
    now += BatchSteps.LEASE.toMillis();
    workOff(other);
    assertThat(find(job).getState()).isEqualTo("done");
    assertThat(receivers.got).hasSize(ALL);
  }

  @Test
  void whoHasLostTheClaimWritesNothing() {
    users(0, ALL);
    String job = begin();
    BatchStep first = store.take(10, now, 5).orElseThrow();
    assertThat(store.take(10, now, 5)).isEmpty();
    now += 5;
    BatchStep second = store.take(10, now, 5).orElseThrow();
    assertThat(second.receivers()).isEqualTo(first.receivers());
    store.finish(second, new BatchStep.Result(10, List.of(), 0, now), now);
    store.finish(first, new BatchStep.Result(3, List.of(), 0, now), now);
    assertThat(find(job).getDone()).isEqualTo(10);
  }

  @Test
  void whoIsRefusedIsListedAndHoldsUpNobody() throws InterruptedException {
    receivers.failures.put("b", ImError.BLOCKED_BY_PEER.bare());
    receivers.failures.put("d", ImError.RECORD_NOT_FOUND.with("no receiver"));
    String job = begin("a", "b", "c", "d");
    workOff(steps());
    BatchSendState end = find(job);
    assertThat(end.getState()).isEqualTo("done");
    assertThat(List.of(end.getDone(), end.getSent(), end.getFailed())).containsExactly(4L, 2L, 2L);
    assertThat(end.getFailedUserIDsList()).containsExactly("b", "d");
    assertThat(receivers.got).containsOnlyKeys("a", "c");
    assertThat(database.number("SELECT error_code FROM batch_send_failure WHERE number = 2"))
        .isEqualTo(1302);
  }

  @Test
  void theFirstThousandFailuresAreKept() throws InterruptedException {
    String[] all = IntStream.range(0, 1_300).mapToObj(i -> "x" + i).toArray(String[]::new);
    for (String each : all) {
      receivers.failures.put(each, ImError.RECORD_NOT_FOUND.bare());
    }
    String job = begin(all);
    workOff(steps());
    assertThat(find(job).getFailed()).isEqualTo(1_300);
    assertThat(find(job).getFailedUserIDsList()).containsExactly(Arrays.copyOf(all, 1_000));
  }

  /** Whether it is about the receiver, or rpc-msg takes nothing, shows at those beside him. */
  @Test
  void whatCannotBeTakenNowIsTriedAgainAndThenPassedOver() throws InterruptedException {
    receivers.failures.put("b", ImException.internal("away"));
    String job = begin("a", "b", "c");
    BatchSteps steps = steps();
    assertThat(steps.next()).isTrue();
    assertThat(find(job).getDone()).isEqualTo(1);
    assertThat(steps.next()).as("a pause").isFalse();
    assertThat(triesToTheEnd(steps, job)).isEqualTo(BatchSteps.MOST_ATTEMPTS_BESIDE_OTHERS);
    assertThat(find(job).getFailedUserIDsList()).containsExactly("b");
    assertThat(receivers.got.keySet()).containsExactlyInAnyOrder("a", "c");

    String alone = begin("b");
    assertThat(triesToTheEnd(steps, alone)).isEqualTo(BatchSteps.MOST_ATTEMPTS + 1);
    assertThat(find(alone).getFailedUserIDsList()).containsExactly("b");
  }

  private int triesToTheEnd(BatchSteps steps, String job) throws InterruptedException {
    int tries = 0;
    while (find(job).getState().equals("running")) {
      now += Duration.ofMinutes(1).toMillis();
      assertThat(steps.next()).isTrue();
      tries++;
    }
    return tries;
  }

  @Test
  void whatCouldNotBeTakenForAWhileIsSentInTheEnd() throws InterruptedException {
    for (String each : List.of("a", "b", "c")) {
      receivers.failures.put(each, ImError.TOO_MANY_REQUESTS.bare());
    }
    String job = begin("a", "b", "c");
    BatchSteps steps = steps();
    for (int i = 0; i < 5; i++) {
      assertThat(steps.next()).isTrue();
      now += Duration.ofMinutes(1).toMillis();
    }
    receivers.failures.clear();
    workOff(steps);
    assertThat(find(job).getSent()).isEqualTo(3);
    assertThat(receivers.got.values()).containsExactly(1, 1, 1);
  }

  @Test
  void jobsTakeTurnsAndACancelledOneGetsNone() throws InterruptedException {
    String[] many = IntStream.range(0, 1_000).mapToObj(i -> "x" + i).toArray(String[]::new);
    String large = begin(many);
    BatchSteps steps = steps();
    assertThat(steps.next()).isTrue();
    now++;
    String small = begin("a");
    now++;
    workOff(2, steps);
    assertThat(find(small).getState()).isEqualTo("done");
    assertThat(find(large).getState()).isEqualTo("running");
    BatchSendState cancelled = cancel(large);
    assertThat(cancelled.getState()).isEqualTo("cancelled");
    assertThat(cancelled.getEndTime()).isEqualTo(now);
    assertThat(steps.next()).isFalse();
    assertThat(cancel(small).getState()).as("ended before").isEqualTo("done");
  }

  private static void workOff(int count, BatchSteps steps) throws InterruptedException {
    for (int i = 0; i < count; i++) {
      assertThat(steps.next()).isTrue();
    }
  }

  /** The step that is under way comes to its end, and is counted. */
  @Test
  void aJobThatIsCancelledWithinAStepStaysSo() {
    String job = begin("a", "b");
    BatchStep step = store.take(10, now, 5).orElseThrow();
    cancel(job);
    store.finish(step, new BatchStep.Result(2, List.of(), 0, now), now + 7);
    assertThat(find(job).getState()).isEqualTo("cancelled");
    assertThat(find(job).getDone()).isEqualTo(2);
    assertThat(find(job).getEndTime()).isEqualTo(now);
  }

  @Test
  void argumentsRightsAndTheNumberOfJobsAreBounded() {
    var begin = BatchSendsGrpc.getBeginMethod();
    assertThat(server.refusal("imAdmin", begin, BeginBatchSend.getDefaultInstance()))
        .startsWith("1001 ");
    assertThat(
            server.refusal(
                "imAdmin", begin, BeginBatchSend.newBuilder().setMessage(MESSAGE).build()))
        .isEqualTo("1002 internal method");
    assertThat(
            server.refusal(
                SERVICE,
                begin,
                BeginBatchSend.newBuilder()
                    .setMessage(MESSAGE.toBuilder().clearClientMsgID())
                    .build()))
        .isEqualTo("1001 clientMsgID is empty");
    for (int i = 0; i < BatchSends.MOST_OPEN; i++) {
      begin("a");
    }
    assertThat(
            server.refusal(
                SERVICE,
                begin,
                BeginBatchSend.newBuilder().setMessage(MESSAGE).addReceivers("a").build()))
        .isEqualTo("429");
    assertThat(store.backlog()).isEqualTo(new BatchSendStore.Backlog(BatchSends.MOST_OPEN, now));
  }

  @Test
  void anEmptySystemHasNothingToDo() throws InterruptedException {
    String job = begin();
    assertThat(find(job).getState()).isEqualTo("done");
    assertThat(steps().next()).isFalse();
    assertThat(store.backlog()).isEqualTo(new BatchSendStore.Backlog(0, 0));
  }

  @Test
  void whatEndedLongAgoIsForgotten() throws InterruptedException {
    receivers.failures.put("b", ImError.RECORD_NOT_FOUND.bare());
    String done = begin("a", "b");
    workOff(steps());
    now++;
    String running = begin("c");
    assertThat(store.forget(now - 1, 10)).isFalse();
    assertThat(find(done).getState()).isEqualTo("done");
    assertThat(store.forget(now, 1)).isTrue();
    assertThat(
            server.refusal(
                SERVICE,
                BatchSendsGrpc.getFindMethod(),
                FindBatchSend.newBuilder().setJobID(done).build()))
        .isEqualTo("1004 no such job");
    assertThat(find(running).getState()).isEqualTo("running");
    assertThat(database.number("SELECT COUNT(*) FROM batch_send_receiver")).isEqualTo(1);
    assertThat(database.number("SELECT COUNT(*) FROM batch_send_failure")).isZero();
  }

  /** Thousands of jobs that ended, and some that run. */
  @Test
  void noStatementReadsAWholeTable() throws InterruptedException {
    users(0, ALL);
    database.execute(
        "INSERT INTO batch_send (job_id, state, to_all, operation_id, message, total, done_to,"
            + " failed, attempts, claim, created_at, due_at, ended_at)"
            + " SELECT CONCAT('j', a.user_number, '-', b.user_number), 1, 1, 'op', '', 1, 1, 0, 0,"
            + " 1, 1, 1, a.user_number FROM user AS a JOIN user AS b WHERE b.user_number <= 8");
    database.execute(
        "INSERT INTO batch_send_receiver (job_id, number, user_id)"
            + " SELECT job_id, 1, 'u' FROM batch_send");
    database.execute(
        "INSERT INTO batch_send_failure (job_id, number, user_id, error_code)"
            + " SELECT job_id, 1, 'u', 1001 FROM batch_send");
    for (String table : List.of("batch_send", "batch_send_receiver", "batch_send_failure")) {
      database.execute("ANALYZE TABLE " + table);
    }
    receivers.failures.put("b", ImError.RECORD_NOT_FOUND.bare());
    try (QueryPlans plans = QueryPlans.watch(database.mysql().jdbi(), List.of())) {
      String some = begin("a", "b");
      String all = begin();
      workOff(steps());
      assertThat(find(some).getState()).isEqualTo("done");
      assertThat(cancel(all).getState()).isEqualTo("done");
      store.backlog();
      assertThat(store.forget(2, 10)).isFalse();
      assertThat(plans.offences()).isEmpty();
      assertThat(plans.explained()).hasSizeGreaterThan(12);
    }
  }
}
