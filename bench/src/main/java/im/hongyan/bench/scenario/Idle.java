package im.hongyan.bench.scenario;

import im.hongyan.bench.measure.Labels;
import im.hongyan.client.session.GatewayConnection;
import im.hongyan.client.session.PushListener;
import im.hongyan.client.session.ReqId;
import im.hongyan.proto.sdkws.GetMaxSeqReq;
import im.hongyan.proto.sdkws.GetMaxSeqResp;
import im.hongyan.proto.sdkws.PushMessages;
import im.hongyan.wire.error.ImException;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Everybody is online and does nothing but send heartbeats; a 1001 of somebody drawn at random, at
 * the run's rate, shows whether the server still answers.
 */
public final class Idle implements Scenario {
  private static final Labels LABELS = new Labels("probe", "probe -> answered", "");

  private final Stage stage;
  private final SplittableRandom random;
  private final AtomicLong lost = new AtomicLong();
  private @Nullable Population population;
  private volatile boolean over;

  /** Plans a run. */
  public Idle(Stage stage) {
    this.stage = stage;
    this.random = new SplittableRandom(stage.seed());
  }

  @Override
  public Labels labels() {
    return LABELS;
  }

  @Override
  public void prepare() throws IOException, InterruptedException {
    String runId = "bench" + HexFormat.of().toHexDigits((int) MessageNumbers.ofNewRun().runId());
    Population people = Population.registered(stage.target(), runId, stage.users());
    population = people;
    Parallel.forUsers(0, stage.users(), user -> people.login(user, new Watcher()));
  }

  @Override
  public int idleConnections() {
    return stage.users();
  }

  @Override
  public void send(long dueNanos) {
    Population people = population;
    if (people == null) {
      throw new IllegalStateException("prepare comes first");
    }
    int user = random.nextInt(stage.users());
    int number = stage.ledger().open(dueNanos, 0);
    try {
      GatewayConnection connection = people.online(user);
      connection
          .send(
              ReqId.GET_MAX_SEQ,
              GetMaxSeqReq.newBuilder().setUserID(people.id(user)).build(),
              GetMaxSeqResp.parser())
          .whenComplete((_, failure) -> answered(number, failure));
    } catch (IOException gone) {
      stage.ledger().failed(number, String.valueOf(gone.getMessage()));
    }
  }

  private void answered(int number, @Nullable Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    switch (cause) {
      case null -> stage.ledger().acknowledged(number);
      case ImException refusal ->
          stage.ledger().refused(number, refusal.code() + " " + refusal.text());
      default -> stage.ledger().failed(number, String.valueOf(cause.getMessage()));
    }
  }

  @Override
  public List<String> notes() {
    return List.of("connections: %d, lost %d".formatted(stage.users(), lost.get()));
  }

  @Override
  public void close() {
    over = true;
    if (population != null) {
      population.close();
    }
  }

  private final class Watcher implements PushListener {
    @Override
    public void onPush(PushMessages push) {}

    @Override
    public void onClosed(int code, String reason) {
      if (!over) {
        lost.incrementAndGet();
      }
    }
  }
}
