package im.hongyan.gatewayws.connection;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.sun.management.UnixOperatingSystemMXBean;
import im.hongyan.gatewayws.fixture.Client;
import im.hongyan.gatewayws.fixture.FakeAuth;
import im.hongyan.gatewayws.fixture.Gateways;
import im.hongyan.gatewayws.fixture.Gateways.Gateway;
import im.hongyan.gatewayws.fixture.RawClient;
import im.hongyan.presence.PresenceReader;
import im.hongyan.testkit.Eventually;
import im.hongyan.wire.id.Platform;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/**
 * Proves that ten thousand clients which come and go in every way leave nothing behind: no
 * descriptor, registration, presence, count, thread, buffer or heap (websocket.md 10.3: 7, 15).
 */
class ConnectionLeaksIT {
  private static final int AT_ONCE = 16;
  private static final int WARM_UP = 60;
  private static final int ROUNDS = 625;
  private static final long HEAP_BYTES_PER_CLIENT = 1_000;

  private final ListAppender<ILoggingEvent> leaks = new ListAppender<>();
  private final AtomicInteger logins = new AtomicInteger();
  private final Queue<Throwable> deaths = new ConcurrentLinkedQueue<>();
  private Thread.@Nullable UncaughtExceptionHandler formerHandler;
  private Gateways gateways;
  private Gateway gateway;

  @BeforeEach
  void start() {
    formerHandler = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, death) -> deaths.add(death));
    leaks.start();
    ((Logger) LoggerFactory.getLogger(ResourceLeakDetector.class)).addAppender(leaks);
    gateways = new Gateways(Map.of());
    gateway = gateways.start("leaks");
  }

  @AfterEach
  void stop() {
    gateways.close();
    ((Logger) LoggerFactory.getLogger(ResourceLeakDetector.class)).detachAppender(leaks);
    Thread.setDefaultUncaughtExceptionHandler(formerHandler);
  }

  /** What must come back to where it began. */
  private record State(long descriptors, int threads, long heapBytes) {
    static State now() {
      System.gc();
      return new State(
          ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
              .getOpenFileDescriptorCount(),
          ManagementFactory.getThreadMXBean().getThreadCount(),
          ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
  }

  @Test
  void tenThousandClientsLeaveNothingBehind() throws Exception {
    assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
    comeAndGo(WARM_UP);
    Eventually.eventually(this::assertNobodyIsThere);
    State before = State.now();
    comeAndGo(ROUNDS);
    Eventually.eventually(this::assertNobodyIsThere);
    Eventually.eventually(() -> {
      State after = State.now();
      assertThat(after.descriptors()).isLessThanOrEqualTo(before.descriptors());
      assertThat(after.threads()).isLessThanOrEqualTo(before.threads());
      assertThat(after.heapBytes() - before.heapBytes())
          .isLessThan(ROUNDS * AT_ONCE * HEAP_BYTES_PER_CLIENT);
    });
    assertThat(leaks.list).as("leaks").isEmpty();
    assertThat(deaths).as("threads that died").isEmpty();
    assertThat(ended("fault")).isZero();
    assertThat(ended("kicked")).isGreaterThan(ROUNDS);
  }

  private double ended(String reason) {
    return gateway.meters().counter("ws_connections_closed", "reason", reason).count();
  }

  private void assertNobodyIsThere() {
    assertThat(gauge("ws_connections")).isZero();
    assertThat(gauge("online_user_num")).isZero();
    assertThat(gauge("limit_active")).isZero();
    List<String> users = IntStream.range(0, AT_ONCE).mapToObj(i -> "user" + i).toList();
    assertThat(new PresenceReader(gateways.redis()).read(List.of("leaks"), users).get("leaks"))
        .satisfies(presence -> {
          assertThat(presence.complete()).isTrue();
          assertThat(presence.platforms()).isEmpty();
        });
  }

  private double gauge(String name) {
    return gateway.meters().get(name).gauge().value();
  }

  private void comeAndGo(int rounds) throws Exception {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Void>> clients = new ArrayList<>();
      for (int i = 0; i < AT_ONCE; i++) {
        String user = "user" + i;
        Callable<Void> visits =
            () -> {
              for (int round = 0; round < rounds; round++) {
                visit(user, round);
              }
              return null;
            };
        clients.add(threads.submit(visits));
      }
      for (Future<Void> client : clients) {
        client.get();
      }
    } catch (ExecutionException e) {
      throw new AssertionError("a client failed", e);
    }
  }

  private void visit(String user, int round) throws IOException {
    Map<String, String> login = login(user, "steady");
    switch (round % 6) {
      case 0 -> {
        RawClient silent = new RawClient(gateway.port());
        if (round % 4 == 0) {
          silent.reset();
        } else {
          silent.close();
        }
      }
      case 1 -> {
        RawClient half = new RawClient(gateway.port());
        half.send("GET /?sendID=x HTTP/1.1\r\nUpgrade: web".getBytes(US_ASCII));
        half.reset();
      }
      case 2 -> {
        RawClient hasty = new RawClient(gateway.port());
        hasty.sendUpgrade(login);
        hasty.reset();
      }
      case 3 -> {
        RawClient abrupt = RawClient.upgraded(gateway.port(), login);
        abrupt.send(new byte[] {(byte) 0x82, (byte) 0x84, 1});
        abrupt.reset();
      }
      case 4 -> {
        try (RawClient polite = RawClient.upgraded(gateway.port(), login)) {
          polite.send(RawClient.frame(0x88, new byte[] {3, (byte) 0xe8}));
          assertThat(polite.readToEnd()).isEqualTo(1000);
        }
      }
      default -> beKicked(user);
    }
  }

  private void beKicked(String user) throws IOException {
    String name = "login" + logins.incrementAndGet();
    try (RawClient older = RawClient.upgraded(gateway.port(), login(user, name));
        RawClient newer = RawClient.upgraded(gateway.port(), login(user, name + "after"))) {
      assertThat(older.readToEnd()).isEqualTo(1008);
      newer.reset();
    }
  }

  private static Map<String, String> login(String user, String name) {
    // Another platform for those that stay, so that nobody else is kicked.
    Platform platform = name.equals("steady") ? Platform.WINDOWS : Platform.ANDROID;
    return Client.arguments(user, platform, FakeAuth.token(user, platform, name));
  }
}
