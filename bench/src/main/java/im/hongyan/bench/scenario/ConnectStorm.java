package im.hongyan.bench.scenario;

import im.hongyan.bench.measure.Labels;
import im.hongyan.bench.measure.Ledger;
import im.hongyan.client.session.GatewayConnection;
import im.hongyan.client.session.ReqId;
import im.hongyan.proto.sdkws.GetMaxSeqReq;
import im.hongyan.proto.sdkws.GetMaxSeqResp;
import java.io.IOException;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * Logins one after the other, each user in turn: a token by REST, the connection, and the answer to
 * the first 1001. Who is still online from the last time is put offline first.
 */
public final class ConnectStorm implements Scenario {
  private static final Labels LABELS =
      new Labels("login", "login -> connected", "login -> first answer");

  private final Stage stage;
  private final Ledger ledger;
  private final boolean cachedTokens;
  private final BackgroundTasks tasks;
  private final AtomicIntegerArray busy;
  private @Nullable Population population;
  private int next;

  /**
   * Plans a run.
   *
   * @param cachedTokens whether a user logs in again with the token it has, instead of a new one
   */
  public ConnectStorm(Stage stage, boolean cachedTokens) {
    this.stage = stage;
    this.ledger = stage.ledger();
    this.cachedTokens = cachedTokens;
    this.tasks = new BackgroundTasks(ledger);
    this.busy = new AtomicIntegerArray(stage.users());
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
    if (cachedTokens) {
      Parallel.forUsers(0, stage.users(), people::freshToken);
    }
  }

  @Override
  public void send(long dueNanos) {
    Population people = population;
    if (people == null) {
      throw new IllegalStateException("prepare comes first");
    }
    int user = next++ % stage.users();
    int number = ledger.open(dueNanos, 1);
    if (!busy.compareAndSet(user, 0, 1)) {
      ledger.failed(number, "a user's last login is not over: take more users");
      return;
    }
    tasks.start(
        number,
        () -> {
          try {
            login(people, user, number);
          } finally {
            busy.set(user, 0);
          }
        });
  }

  private void login(Population people, int user, int number) throws IOException {
    people.logout(user);
    if (!cachedTokens) {
      people.freshToken(user);
    }
    GatewayConnection connection = people.login(user, _ -> {});
    ledger.acknowledged(number);
    connection.request(
        ReqId.GET_MAX_SEQ,
        GetMaxSeqReq.newBuilder().setUserID(people.id(user)).build(),
        GetMaxSeqResp.parser());
    ledger.received(number);
  }

  @Override
  public void close() {
    tasks.close();
    if (population != null) {
      population.close();
    }
  }
}
