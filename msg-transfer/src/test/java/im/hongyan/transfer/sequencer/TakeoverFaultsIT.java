package im.hongyan.transfer.sequencer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.messagelog.kafka.Topics;
import im.hongyan.messagelog.lane.HistoryStore.Changes;
import im.hongyan.messagelog.lane.LaneFaultException;
import im.hongyan.messagelog.lane.LaneLog;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves when a lane is not taken over, and what the operator is told. */
@ExtendWith(TestStoresExtension.class)
class TakeoverFaultsIT {
  private static LaneWorld world;

  @BeforeAll
  static void open(TestStores stores) {
    world = new LaneWorld(stores);
  }

  @AfterAll
  static void close() {
    if (world != null) {
      world.close();
    }
  }

  @BeforeEach
  void begin() {
    world.begin();
  }

  private static Takeover takeover() {
    LaneStores stores =
        new LaneStores(
            world.logs,
            world.cache,
            world.history,
            world.clock,
            new SequencerMeters(new SimpleMeterRegistry()),
            "test");
    return new Takeover(world.lane, stores, world.checkpoint());
  }

  private static void assertFault(LongConsumer takeover, long argument, String... texts) {
    assertThatThrownBy(() -> takeover.accept(argument))
        .isInstanceOfSatisfying(
            LaneFaultException.class,
            fault ->
                assertThat(fault.detail())
                    .startsWith("lane " + world.lane + ": ")
                    .contains(texts)
                    .endsWith("see docs/operations/recovery.md"));
  }

  private static long end() {
    try (LaneLog log = world.logs.sequenced(world.lane)) {
      return log.end();
    }
  }

  private static void historyAt(long offset) {
    FollowerPosition before = world.history.position(world.lane);
    Changes nothing = new Changes(List.of(), List.of(), List.of());
    FollowerPosition next = before.toBuilder().setOffset(offset).build();
    assertThat(world.history.append(world.lane, before.getOffset(), next, nothing)).isTrue();
  }

  @Test
  void recordsThatHistoryLacksStopItAndAnEmptyLogGetsAClaim() {
    world.send(world.chat, false);
    long begin = world.cut();
    String gone =
        "records %d to %d are gone from the log that history follows, and not handled yet";
    assertFault(_ -> takeover(), 0, gone.formatted(begin - 1, begin - 1));
    assertThat(end()).as("a claim").isEqualTo(begin + 1);
    assertFault(_ -> takeover(), 0, gone.formatted(begin - 1, begin - 1));
    assertThat(end()).as("no second one").isEqualTo(begin + 1);
    historyAt(begin - 1);
    takeover();
  }

  @Test
  void aLogThatEndsBeforeWhatHistoryHasStopsIt() {
    long end = end();
    historyAt(end + 4);
    try {
      assertFault(
          _ -> takeover(),
          0,
          "the log that history follows ends before record %d, but records up to %d were handled"
              .formatted(end, end + 4));
    } finally {
      historyAt(end - 1);
    }
  }

  @Test
  void acceptedMessagesThatAreGoneStopIt() {
    world.accept();
    world.accept();
    long end = world.accept() + 1;
    assertFault(
        checkpoint -> takeover().run(checkpoint),
        end + 6,
        "the log of accepted messages ends before record %d, but records up to %d were handled"
            .formatted(end, end + 6));
    world.deletion.deleteBefore(Topics.INBOUND, world.lane, end - 1);
    assertFault(
        checkpoint -> takeover().run(checkpoint),
        end - 4,
        "records %d to %d are gone from the log of accepted messages, and not handled yet"
            .formatted(end - 3, end - 2));
    takeover().run(end - 2).appends().close();
  }
}
