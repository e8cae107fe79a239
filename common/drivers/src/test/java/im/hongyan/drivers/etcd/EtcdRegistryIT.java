package im.hongyan.drivers.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.kit.config.Secret;
import im.hongyan.kit.discovery.Instance;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.testkit.Eventually;
import im.hongyan.wire.error.ImException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Proves on a real etcd that processes find each other, that a killed one is forgotten, and that
 * everybody is found again after etcd itself was killed, with and without its data.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class EtcdRegistryIT {
  private static final Duration LEASE = Duration.ofSeconds(2);
  private static final Instance ONE = new Instance("one", "127.0.0.1", 1001);
  private static final Instance TWO = new Instance("two", "::1", 1002);

  @TempDir Path folder;
  private EtcdServer server;

  @BeforeEach
  void start() throws IOException {
    server = EtcdServer.start(folder);
    await(
        "etcd answers",
        () -> {
          try {
            Etcd.open(server.config(LEASE)).close();
            return true;
          } catch (ImException e) {
            return false;
          }
        });
  }

  @AfterEach
  void stop() {
    if (server != null) {
      server.close();
    }
  }

  /** What one process sees of another. */
  private static final class Seen implements AutoCloseable {
    private final EtcdServiceRegistry registry;
    private volatile Map<ServiceName, List<Instance>> last = Map.of();

    Seen(EtcdServer server) {
      registry = new EtcdServiceRegistry(server.config(LEASE));
      registry.watch(found -> last = Map.copyOf(found));
    }

    Set<Instance> of(ServiceName service) {
      return new HashSet<>(last.getOrDefault(service, List.of()));
    }

    @Override
    public void close() {
      registry.close();
    }
  }

  private static void await(String what, BooleanSupplier condition) {
    Eventually.eventually(TIMEOUT, () -> assertThat(condition.getAsBoolean()).as(what).isTrue());
  }

  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  @Test
  void registrationsAreListedWatchedAndWithdrawn() {
    try (EtcdServiceRegistry one = new EtcdServiceRegistry(server.config(LEASE));
        EtcdServiceRegistry two = new EtcdServiceRegistry(server.config(LEASE))) {
      one.register(ServiceName.MSG, ONE);
      try (Seen seen = new Seen(server)) {
        assertThat(seen.of(ServiceName.MSG)).containsExactly(ONE);
        two.register(ServiceName.MSG, TWO);
        two.register(ServiceName.GATEWAY_WS, TWO);
        await("both", () -> seen.of(ServiceName.MSG).equals(Set.of(ONE, TWO)));
        await("other service", () -> seen.of(ServiceName.GATEWAY_WS).equals(Set.of(TWO)));
        two.withdraw();
        await("one left", () -> seen.of(ServiceName.MSG).equals(Set.of(ONE)));
        await("none left", () -> seen.of(ServiceName.GATEWAY_WS).isEmpty());
      }
    }
  }

  @Test
  void aNodeThatComesBackElsewhereIsFoundThere() {
    Instance moved = new Instance(ONE.nodeId(), ONE.host(), ONE.port() + 1);
    try (EtcdServiceRegistry old = new EtcdServiceRegistry(server.config(LEASE));
        EtcdServiceRegistry fresh = new EtcdServiceRegistry(server.config(LEASE));
        Seen seen = new Seen(server)) {
      old.register(ServiceName.MSG, ONE);
      fresh.register(ServiceName.MSG, moved);
      await("moved", () -> seen.of(ServiceName.MSG).equals(Set.of(moved)));
      // The end of the earlier run takes nothing of the later one with it.
      old.withdraw();
      fresh.register(ServiceName.AUTH, moved);
      await("second service", () -> seen.of(ServiceName.AUTH).equals(Set.of(moved)));
      assertThat(seen.of(ServiceName.MSG)).containsExactly(moved);
    }
  }

  @Test
  void aKilledProcessIsForgottenAndALivingOneIsNot() {
    try (Etcd observer = Etcd.open(server.config(LEASE));
        EtcdServiceRegistry living = new EtcdServiceRegistry(server.config(LEASE));
        Seen seen = new Seen(server)) {
      living.register(ServiceName.MSG, ONE);
      // A killed process is one that renews nothing: its lease is granted and left alone.
      long abandoned = observer.grant(LEASE);
      observer.put("services/msg/two", "1 " + TWO.address(), abandoned);
      await("both", () -> seen.of(ServiceName.MSG).equals(Set.of(ONE, TWO)));
      await("forgotten", () -> seen.of(ServiceName.MSG).equals(Set.of(ONE)));
      assertThat(observer.renew(abandoned)).isFalse();
    }
  }

  @Test
  void anEtcdThatWasKilledKeepsEverybodyFindable() {
    try (EtcdServiceRegistry one = new EtcdServiceRegistry(server.config(LEASE));
        EtcdServiceRegistry two = new EtcdServiceRegistry(server.config(LEASE));
        Seen seen = new Seen(server)) {
      one.register(ServiceName.MSG, ONE);
      await("registered", () -> seen.of(ServiceName.MSG).equals(Set.of(ONE)));
      server.kill();
      assertThatThrownBy(() -> two.register(ServiceName.MSG, TWO)).isInstanceOf(ImException.class);
      assertThat(seen.of(ServiceName.MSG)).containsExactly(ONE);
      server.startAgain(true);
      await("it takes registrations again", () -> registers(two, TWO));
      await("both", () -> seen.of(ServiceName.MSG).equals(Set.of(ONE, TWO)));
    }
  }

  @Test
  void anEtcdThatLostItsDataIsRegisteredAgain() {
    try (EtcdServiceRegistry one = new EtcdServiceRegistry(server.config(LEASE));
        Seen seen = new Seen(server)) {
      one.register(ServiceName.MSG, ONE);
      one.register(ServiceName.AUTH, ONE);
      await("registered", () -> seen.of(ServiceName.AUTH).equals(Set.of(ONE)));
      server.kill();
      server.startAgain(false);
      await(
          "registered by itself",
          () -> {
            try (Seen fresh = new Seen(server)) {
              return fresh.of(ServiceName.MSG).equals(Set.of(ONE))
                  && fresh.of(ServiceName.AUTH).equals(Set.of(ONE));
            } catch (ImException away) {
              return false;
            }
          });
      await(
          "seen by who watched before",
          () ->
              seen.of(ServiceName.MSG).equals(Set.of(ONE))
                  && seen.of(ServiceName.AUTH).equals(Set.of(ONE)));
      try (EtcdServiceRegistry two = new EtcdServiceRegistry(server.config(LEASE))) {
        two.register(ServiceName.MSG, TWO);
        await("changes are seen too", () -> seen.of(ServiceName.MSG).equals(Set.of(ONE, TWO)));
      }
    }
  }

  private static boolean registers(EtcdServiceRegistry registry, Instance instance) {
    try {
      registry.register(ServiceName.MSG, instance);
      return true;
    } catch (ImException away) {
      return false;
    }
  }

  @Test
  void anEtcdThatDoesNotAnswerIsReportedInOneLine() {
    server.kill();
    EtcdConfig config = server.config(LEASE);
    assertThatThrownBy(() -> Etcd.open(config))
        .isInstanceOfSatisfying(
            ImException.class,
            e ->
                assertThat(e.detail())
                    .startsWith("etcd at " + config.addresses().getFirst() + " cannot be used (")
                    .doesNotContain("\n"));
  }

  @Test
  void aPasswordIsNeverPrinted() {
    EtcdConfig config =
        new EtcdConfig(List.of("127.0.0.1:1"), "user", new Secret("hush"), "/", LEASE);
    assertThat(config.toString()).doesNotContain("hush");
  }
}
