package im.hongyan.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.standalone.Chatter.Acked;
import im.hongyan.testkit.Eventually;
import im.hongyan.testkit.TestSeeds;
import im.hongyan.testkit.system.RunningSystem;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Proves the delivery promise under {@code kill -9} at five random moments within 10,000 sends of
 * 20 clients: every acknowledged message is there exactly once, in one order, with dense seqs, in
 * inbox and history, and every client is shown all of them in that order. A run is repeated by its
 * seed: {@code HONGYAN_SEED}.
 */
class KillE2E {
  private static final int CLIENTS = 20;
  private static final int SENDS = 10_000;
  private static final int KILLS = 5;
  private static final int LANES = 4;
  private static final Duration TIMEOUT = Duration.ofMinutes(4);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  @Test
  void nothingIsLostDoubledOrReorderedWhenTheJvmIsKilled() throws Exception {
    check(RunningSystem::killJvm);
  }

  @Test
  void nothingIsLostDoubledOrReorderedWhenTheWholeProcessGroupIsKilled() throws Exception {
    check(RunningSystem::killAll);
  }

  private void check(Consumer<RunningSystem> kill) throws Exception {
    long seed = TestSeeds.choose();
    System.out.println("KillE2E: HONGYAN_SEED=" + seed);
    try (RunningSystem system = RunningSystem.start(folder.resolve("data"));
        Chatter chatter = new Chatter(system.address(), CLIENTS)) {
      Random random = new Random(seed);
      CompletableFuture<Void> sends = chatter.send(SENDS, random.nextLong());
      int[] moments = random.ints(KILLS, SENDS / 20, SENDS * 9 / 10).sorted().toArray();
      for (int moment : moments) {
        Eventually.until(
            moment + " acknowledgements",
            TIMEOUT,
            () -> chatter.ackCount() >= moment || sends.isCompletedExceptionally());
        kill.accept(system);
        system.startAgain();
      }
      sends.get();
      try {
        check(system, chatter);
      } catch (AssertionError e) {
        System.out.println(system.program().output());
        throw e;
      }
    }
  }

  private static void check(RunningSystem system, Chatter chatter) {
    Map<String, List<Acked>> byConversation =
        chatter.acked().stream().collect(Collectors.groupingBy(Acked::conversation));
    assertThat(chatter.acked()).hasSizeGreaterThan(SENDS * 8 / 10);
    try (StoredMessages stored = StoredMessages.of(system.data())) {
      Eventually.eventually(
          TIMEOUT,
          () ->
              byConversation.forEach((conversation, acked) ->
                  assertThat(stored.seqs(conversation)).hasSizeGreaterThanOrEqualTo(acked.size())));
      Eventually.eventually(TIMEOUT, () -> LaneLag.requireNone(LANES, system.address().api()));
      check(byConversation, chatter, stored);
    }
  }

  private static void check(
      Map<String, List<Acked>> byConversation, Chatter chatter, StoredMessages stored) {
    byConversation.forEach((conversation, acked) -> {
      List<Long> seqs = LongStream.rangeClosed(1, acked.size()).boxed().toList();
      assertThat(stored.seqs(conversation)).as("seqs of %s", conversation).isEqualTo(seqs);
      List<MsgData> history = stored.history(conversation, seqs);
      assertThat(stored.inbox(conversation, seqs)).isEqualTo(history);
      Map<String, MsgData> byClientId =
          history.stream().collect(Collectors.toMap(MsgData::getClientMsgID, Function.identity()));
      for (Acked one : acked) {
        assertThat(byClientId).containsKey(one.sent().getClientMsgID());
        MsgData found = Objects.requireNonNull(byClientId.get(one.sent().getClientMsgID()));
        assertThat(found.getServerMsgID()).isEqualTo(one.answer().getServerMsgID());
        assertThat(found.getSendTime()).isEqualTo(one.answer().getSendTime());
        assertThat(found.getContent()).isEqualTo(one.sent().getContent());
      }
      MsgData any = history.getFirst();
      for (String user : List.of(any.getSendID(), any.getRecvID())) {
        Eventually.eventually(() ->
            assertThat(chatter.shown(user, conversation))
                .as("shown to %s of %s", user, conversation)
                .isEqualTo(seqs));
      }
    });
  }
}
