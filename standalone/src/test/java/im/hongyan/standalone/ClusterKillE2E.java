package im.hongyan.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.bench.check.Copy;
import im.hongyan.bench.check.Event;
import im.hongyan.bench.check.History;
import im.hongyan.bench.check.History.Entry;
import im.hongyan.bench.check.rule.Verdict;
import im.hongyan.bench.load.Arrivals;
import im.hongyan.bench.load.OpenLoop;
import im.hongyan.bench.load.Timer;
import im.hongyan.bench.measure.Ledger;
import im.hongyan.bench.scenario.Endurance;
import im.hongyan.bench.scenario.Stage;
import im.hongyan.bench.scenario.Target;
import im.hongyan.client.session.LoginOptions.Encoding;
import im.hongyan.testkit.Eventually;
import im.hongyan.testkit.RequiresTool;
import im.hongyan.testkit.TestSeeds;
import im.hongyan.testkit.system.Cluster;
import im.hongyan.testkit.system.Cluster.Service;
import im.hongyan.testkit.system.SystemAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Proves the delivery promise with every service and every store as a process of its own, while
 * these are killed under load and Redis is emptied and set back: clients that persist see no rule
 * of the bench's checker broken, no token becomes invalid, nobody is logged out, and no placeholder
 * is seen.
 *
 * <p>A run is repeated by its seed: {@code HONGYAN_SEED}. {@code HONGYAN_KILL_RUNS} is the number
 * of long runs, in which everything is killed; without it there is one short run.
 */
@RequiresTool("etcd")
class ClusterKillE2E {
  private static final int USERS = 16;
  private static final double MESSAGES_PER_SECOND = 40;
  private static final int MOST_MESSAGES = 200_000;
  private static final int LANES = 4;
  private static final long ACKNOWLEDGED_BETWEEN = 120;
  private static final int DELETED = 4;
  private static final Duration SLICE = Duration.ofMillis(100);
  private static final Duration TIMEOUT = Duration.ofMinutes(3);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  static LongStream seeds() {
    OptionalLong given = TestSeeds.given();
    if (given.isPresent()) {
      return LongStream.of(given.getAsLong());
    }
    String runs = System.getenv("HONGYAN_KILL_RUNS");
    return LongStream.generate(System::nanoTime).limit(runs == null ? 1 : Long.parseLong(runs));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void invariant04And21WhateverIsKilledNothingIsLost(long seed) throws Exception {
    Random random = new Random(seed);
    List<Disaster> disasters =
        System.getenv("HONGYAN_KILL_RUNS") == null ? Disaster.some(random) : Disaster.all(random);
    System.out.println("ClusterKillE2E: HONGYAN_SEED=" + seed + " " + disasters);
    Ledger ledger = new Ledger(MOST_MESSAGES);
    History history = new History();
    try (Cluster cluster = new Cluster(folder.resolve("cluster"));
        Endurance users =
            new Endurance(new Stage(target(cluster.address()), USERS, seed, ledger, history))) {
      users.prepare();
      AtomicBoolean over = new AtomicBoolean();
      CompletableFuture<Void> load = load(users, seed, over);
      try {
        live(cluster, disasters, ledger, load);
      } finally {
        over.set(true);
      }
      load.get();
      awaitDelivery(cluster, users, ledger);
      Verdict verdict = Objects.requireNonNull(users.audit());
      System.out.println("ClusterKillE2E: " + ledger.counts());
      assertThat(verdict.lines()).singleElement().asString().startsWith("check: ");
      assertThat(copies(history).filter(copy -> copy.status() == DELETED)).isEmpty();
    }
  }

  private static Target target(SystemAddress address) {
    return new Target(
        address.api(), address.ws(), address.secret(), SystemAddress.ADMIN, Encoding.GOB_GZIP);
  }

  private static CompletableFuture<Void> load(Endurance users, long seed, AtomicBoolean over) {
    OpenLoop loop = new OpenLoop(Arrivals.poisson(MESSAGES_PER_SECOND, seed), Timer.system());
    return CompletableFuture.runAsync(
        () -> {
          while (!over.get()) {
            loop.runUntil(System.nanoTime() + SLICE.toNanos(), users::send);
          }
        },
        task -> Thread.ofPlatform().name("load").start(task));
  }

  private void live(
      Cluster cluster, List<Disaster> disasters, Ledger ledger, CompletableFuture<Void> load) {
    Runnable progress = () -> awaitProgress(ledger, load);
    progress.run();
    for (int i = 0; i < disasters.size(); i++) {
      disasters.get(i).strike(cluster, folder.resolve("old-redis-" + i), progress);
      progress.run();
      System.out.println("ClusterKillE2E: lived through " + disasters.get(i));
    }
  }

  private static void awaitProgress(Ledger ledger, CompletableFuture<Void> load) {
    long wanted = ledger.counts().acknowledged() + ACKNOWLEDGED_BETWEEN;
    Eventually.until(
        wanted + " acknowledgements",
        TIMEOUT,
        () -> ledger.counts().acknowledged() >= wanted || load.isCompletedExceptionally());
  }

  /** Everything is acknowledged and written, and all have come back and seen what is theirs. */
  private static void awaitDelivery(Cluster cluster, Endurance users, Ledger ledger)
      throws InterruptedException {
    Eventually.eventually(
        TIMEOUT,
        () -> assertThat(ledger.counts().acknowledged()).isEqualTo(ledger.counts().sent()));
    Eventually.eventually(
        TIMEOUT,
        () ->
            LaneLag.requireNone(
                LANES, cluster.ops(Service.MSG_TRANSFER), cluster.ops(Service.PUSH_SERVICE)));
    users.breakConnections();
    Eventually.until("all are online by the tokens of the start", TIMEOUT, users::allOnline);
    Eventually.eventually(
        TIMEOUT, () -> assertThat(ledger.counts().missing()).as("%s", ledger.counts()).isZero());
  }

  private static Stream<Copy> copies(History history) {
    return history.entries().stream()
        .map(Entry::event)
        .flatMap(event ->
            switch (event) {
              case Event.Pushed pushed -> pushed.copies().stream();
              case Event.Pulled pulled -> pulled.copies().stream();
              default -> Stream.empty();
            });
  }
}
