package im.hongyan.bench.scenario;

import com.google.protobuf.Message;
import im.hongyan.bench.measure.Labels;
import im.hongyan.proto.sdkws.PullMessageBySeqsReq;
import im.hongyan.proto.sdkws.PullMessageBySeqsResp;
import im.hongyan.proto.sdkws.SeqRange;
import im.hongyan.wire.id.ConversationId;
import java.io.IOException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Calls of the REST API that registered users make; nobody is online. */
abstract class RestScenario implements Scenario {
  private static final Labels LABELS = new Labels("call", "call -> answered", "");

  private static final Duration NOTIFIED_LIMIT = Duration.ofMinutes(15);
  private static final long LOOK_AGAIN_NANOS = 500_000_000;

  private final Stage stage;
  private final SplittableRandom random;
  private final BackgroundTasks tasks;
  private @Nullable Population population;

  /** Plans a run. */
  RestScenario(Stage stage) {
    this.stage = stage;
    this.random = new SplittableRandom(stage.seed());
    this.tasks = new BackgroundTasks(stage.ledger());
  }

  /** A token, fetched where it is not known yet. */
  @FunctionalInterface
  interface Token {
    String get() throws IOException;
  }

  /** One call: its route and token, and what is asked. */
  record Call(String path, Token token, Message request) {}

  /** Makes what the calls are about. */
  abstract void prepare(Population people) throws IOException, InterruptedException;

  /** Draws the next call; called by one thread. */
  abstract Call next(Population people);

  /**
   * Waits until a user has been notified by another or by itself, and so everybody who was to be
   * notified before: what is measured is not to share the server with the end of its preparation.
   */
  static void awaitNotified(Population people, int user, int by) throws IOException {
    ConversationId chat = ConversationId.single(people.id(user), people.id(by));
    PullMessageBySeqsReq.Builder request =
        PullMessageBySeqsReq.newBuilder().setUserID(people.id(user));
    // Some notifications are messages of the chat.
    for (ConversationId id : List.of(chat, chat.notificationTwin())) {
      request.addSeqRanges(
          SeqRange.newBuilder().setConversationID(id.value()).setBegin(1).setEnd(1).setNum(1));
    }
    long endNanos = System.nanoTime() + NOTIFIED_LIMIT.toNanos();
    while (isEmpty(people, user, request.build())) {
      if (System.nanoTime() - endNanos > 0) {
        throw new IOException("the notifications of what was prepared do not arrive");
      }
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
    }
  }

  private static boolean isEmpty(Population people, int user, PullMessageBySeqsReq request)
      throws IOException {
    PullMessageBySeqsResp answer =
        people
            .rest()
            .call(
                "/msg/pull_msg_by_seq",
                people.token(user),
                request,
                PullMessageBySeqsResp.getDefaultInstance());
    return Stream.concat(
            answer.getMsgsMap().values().stream(),
            answer.getNotificationMsgsMap().values().stream())
        .allMatch(pulled -> pulled.getMsgsList().isEmpty());
  }

  final Stage stage() {
    return stage;
  }

  /** Of the thread that prepares, then of the one that draws calls. */
  final SplittableRandom random() {
    return random;
  }

  @Override
  public final Labels labels() {
    return LABELS;
  }

  @Override
  public final void prepare() throws IOException, InterruptedException {
    String runId = "bench" + HexFormat.of().toHexDigits((int) MessageNumbers.ofNewRun().runId());
    Population people = Population.registered(stage.target(), runId, stage.users());
    population = people;
    prepare(people);
  }

  @Override
  public final void send(long dueNanos) {
    Population people = population;
    if (people == null) {
      throw new IllegalStateException("prepare comes first");
    }
    int number = stage.ledger().open(dueNanos, 0);
    Call call = next(people);
    tasks.start(number, () -> people.rest().check(call.path(), call.token().get(), call.request()));
  }

  @Override
  public final void close() {
    tasks.close();
    if (population != null) {
      population.close();
    }
  }
}
