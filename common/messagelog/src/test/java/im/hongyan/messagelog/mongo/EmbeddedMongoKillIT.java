package im.hongyan.messagelog.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.mongo.Mongo;
import im.hongyan.embedded.EmbeddedStores;
import im.hongyan.kit.config.Secret;
import im.hongyan.messagelog.lane.InboxStore;
import im.hongyan.messagelog.lane.InboxStore.Entry;
import im.hongyan.testkit.Seeded;
import im.hongyan.testkit.system.Jvm;
import im.hongyan.testkit.system.TestProgram;
import im.hongyan.wire.error.ImException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Proves that the embedded server of MongoDB's protocol is whole after {@code kill -9}: it may have
 * lost its last second, but takes every message again and returns all of them.
 */
class EmbeddedMongoKillIT {
  private static final int KILLS = 4;
  private static final int BATCH = 200;
  private static final String CONVERSATION = "si_alice_bob";
  private static final Duration START_LIMIT = Duration.ofMinutes(1);

  @TempDir private Path folder;

  @Test
  void everyMessageCanBeWrittenAgainAfterAKill(@Seeded long seed) throws Exception {
    Random random = new Random(seed);
    long written = 0;
    for (int i = 0; i < KILLS; i++) {
      TestProgram server = start();
      long from = written;
      try (Mongo mongo = open()) {
        InboxStore inbox = new MongoInboxStore(mongo);
        AtomicBoolean killed = new AtomicBoolean();
        int batches = 5 + random.nextInt(20);
        CompletableFuture<Long> writing =
            CompletableFuture.supplyAsync(() -> write(inbox, from, killed));
        long wanted = from + (long) batches * BATCH;
        im.hongyan.testkit.Eventually.until(
            "written up to " + wanted, () -> progress >= wanted || writing.isDone());
        killed.set(true);
        server.kill();
        written = Math.max(written, writing.join());
      }
      check(written, seed);
    }
  }

  private volatile long progress;

  private long write(InboxStore inbox, long from, AtomicBoolean killed) {
    long next = from;
    try {
      while (!killed.get()) {
        inbox.put(entries(next, BATCH), Instant.now());
        next += BATCH;
        progress = next;
      }
    } catch (ImException gone) {
      // killed in the middle
    }
    return next;
  }

  private void check(long written, long seed) throws IOException {
    TestProgram server = start();
    try (Mongo mongo = open()) {
      InboxStore inbox = new MongoInboxStore(mongo);
      for (long from = 0; from < written; from += BATCH) {
        inbox.put(entries(from, BATCH), Instant.now());
      }
      for (long from = 0; from < written; from += BATCH) {
        List<Long> seqs = LongStream.range(from, from + BATCH).boxed().toList();
        Map<Long, byte[]> found = inbox.find(CONVERSATION, seqs);
        assertThat(found.keySet()).as("seed %d", seed).containsExactlyInAnyOrderElementsOf(seqs);
      }
    } finally {
      server.kill();
    }
  }

  private static List<Entry> entries(long from, int count) {
    return LongStream.range(from, from + count)
        .mapToObj(seq ->
            new Entry(
                CONVERSATION,
                seq,
                ("message " + seq).repeat(20).getBytes(java.nio.charset.StandardCharsets.UTF_8)))
        .toList();
  }

  private TestProgram start() {
    TestProgram server =
        TestProgram.start(
            new TestProgram.JavaStart(
                "im.hongyan.embedded.EmbeddedServerMain",
                List.of("mongo", folder.resolve("mongo").toString()),
                Jvm.light("256m"),
                Map.of(),
                folder.resolve("log")));
    server.awaitLine(Pattern.compile("mongo serves"), START_LIMIT);
    return server;
  }

  private Mongo open() throws IOException {
    Map<String, String> settings =
        EmbeddedStores.settings(EmbeddedStores.Kind.MONGO, folder.resolve("mongo")).orElseThrow();
    return Mongo.open(new Secret(Objects.requireNonNull(settings.get("mongo.uri"))), "hongyan");
  }
}
