package im.hongyan.bench.scenario;

import im.hongyan.client.session.GatewayConnection;
import im.hongyan.client.session.ReqId;
import im.hongyan.proto.sdkws.GetMaxSeqReq;
import im.hongyan.proto.sdkws.GetMaxSeqResp;
import im.hongyan.proto.sdkws.PullMessageBySeqsResp;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Users come back to a pile of messages: the first half writes to the second half, which is
 * offline, until so many wait; when the window begins these log in, some at a time, and pull
 * everything in slices, while the first half goes on writing to each other at the run's rate.
 */
public final class Backlog extends MessageScenario {
  /** Messages of the pile under way at the same time. */
  private static final int WINDOW = 64;

  /** Users who pull at the same time. */
  private static final int PULLERS = 8;

  private final int messages;
  private final SplittableRandom random;
  private final AtomicLong pulled = new AtomicLong();
  private final AtomicLong drainedNanos = new AtomicLong();
  private final ExecutorService threads =
      Executors.newFixedThreadPool(PULLERS, Thread.ofVirtual().factory());
  private volatile String problem = "";

  /**
   * Plans a run.
   *
   * @param messages size of the pile
   */
  public Backlog(Stage stage, int messages) {
    super(stage);
    if (stage.users() < 4) {
      throw new IllegalArgumentException("a backlog takes four users");
    }
    this.messages = messages;
    this.random = new SplittableRandom(stage.seed());
  }

  private int writers() {
    return stage().users() / 2;
  }

  @Override
  public void prepare() throws IOException, InterruptedException {
    Messenger messenger = register();
    messenger.loginAll(0, writers());
    Semaphore window = new Semaphore(WINDOW);
    for (int i = 0; i < messages; i++) {
      window.acquire();
      int to = writers() + i % (stage().users() - writers());
      Address address = new Address.Single(messenger.people().id(to));
      messenger.send(i % writers(), address, System.nanoTime(), 0, window::release);
    }
    window.acquire(WINDOW);
  }

  @Override
  public void begin() {
    long start = System.nanoTime();
    AtomicLong left = new AtomicLong(stage().users() - writers());
    for (int i = writers(); i < stage().users(); i++) {
      int user = i;
      threads.execute(() -> {
        try {
          drain(user);
        } catch (IOException | RuntimeException failed) {
          problem = String.valueOf(failed.getMessage());
        } finally {
          if (left.decrementAndGet() == 0) {
            drainedNanos.set(System.nanoTime() - start);
          }
        }
      });
    }
  }

  private void drain(int user) throws IOException {
    String id = messenger().people().id(user);
    messenger().login(user);
    GatewayConnection connection = messenger().people().online(user);
    GetMaxSeqResp maxSeqs =
        connection.request(
            ReqId.GET_MAX_SEQ,
            GetMaxSeqReq.newBuilder().setUserID(id).build(),
            GetMaxSeqResp.parser());
    for (Map.Entry<String, Long> entry : maxSeqs.getMaxSeqsMap().entrySet()) {
      for (long begin = 1; begin <= entry.getValue(); begin += Pulls.SLICE) {
        long end = Math.min(entry.getValue(), begin + Pulls.SLICE - 1);
        PullMessageBySeqsResp answer =
            connection.request(
                ReqId.PULL_BY_RANGE,
                Pulls.range(id, entry.getKey(), begin, end),
                PullMessageBySeqsResp.parser());
        pulled.addAndGet(Pulls.messages(answer, entry.getKey()).getMsgsCount());
      }
    }
  }

  @Override
  public void send(long dueNanos) {
    int from = random.nextInt(writers());
    int to = (from + 1 + random.nextInt(writers() - 1)) % writers();
    messenger().send(from, new Address.Single(messenger().people().id(to)), dueNanos, 1);
  }

  @Override
  public boolean isIdle() {
    return drainedNanos.get() > 0;
  }

  @Override
  public List<String> notes() {
    double seconds = drainedNanos.get() / 1e9;
    String drained =
        seconds == 0
            ? "backlog: not drained; %d of %d messages pulled".formatted(pulled.get(), messages)
            : String.format(
                Locale.ROOT,
                "backlog: %d of %d messages pulled in %.2f s: %.0f per second",
                pulled.get(),
                messages,
                seconds,
                pulled.get() / seconds);
    return problem.isEmpty() ? List.of(drained) : List.of(drained, "backlog problem: " + problem);
  }

  @Override
  public void close() {
    threads.shutdownNow();
    super.close();
  }
}
