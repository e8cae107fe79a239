package im.hongyan.transfer.search;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.messagelog.kafka.LaneRecords;
import im.hongyan.messagelog.kafka.LaneStart;
import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.messagelog.lane.LaneRecord;
import im.hongyan.messagelog.search.HistoryPages;
import im.hongyan.messagelog.search.SearchBatch;
import im.hongyan.messagelog.search.SearchEngineException;
import im.hongyan.messagelog.search.SearchStore;
import im.hongyan.proto.sequencing.Claim;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.proto.sequencing.SequencedRecord;
import im.hongyan.testkit.TestClock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * Proves that a search engine that does not answer is tried again after pauses that grow, stops
 * nothing else, and that the follower then goes on where it was.
 */
class SearchOutageTest {
  private static final String FORMAT = "1/1";

  private final TestClock clock = TestClock.fixed();
  private final MeterRegistry meters = new SimpleMeterRegistry();
  private final Engine engine = new Engine();
  private final SearchWriter writer =
      new SearchWriter(
          engine,
          new SearchWriter.History(unused(HistoryStore.class), unused(HistoryPages.class), 2),
          FORMAT,
          clock,
          meters);

  /** An engine that can be away; what it was asked meanwhile is counted. */
  private static final class Engine implements SearchStore {
    private boolean away;
    private int asked;
    private long offset = -1;

    private void ask() {
      asked++;
      if (away) {
        throw new SearchEngineException("nobody listens", null);
      }
    }

    @Override
    public FollowerPosition position(int lane) {
      return FollowerPosition.newBuilder().setOffset(offset).build();
    }

    @Override
    public boolean append(int lane, long expectedOffset, FollowerPosition next, SearchBatch batch) {
      ask();
      offset = next.getOffset();
      return true;
    }

    @Override
    public void begin(int lane) {}

    @Override
    public boolean tidy(int lane) {
      return false;
    }

    @Override
    public boolean forget(int lane, long sentBeforeMillis) {
      return false;
    }

    @Override
    public Rebuild rebuild(int lane) {
      ask();
      return new Rebuild(FORMAT, "", 0, true);
    }

    @Override
    public void restart(int lane, String format, FollowerPosition at) {}

    @Override
    public void fill(int lane, Rebuild reached, SearchBatch batch) {}
  }

  private static <T> T unused(Class<T> type) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type},
            (_, method, _) -> {
              throw new AssertionError(method + " is not needed here");
            }));
  }

  private static LaneRecord claim(long offset) {
    return new LaneRecord(
        offset,
        1_000,
        LaneRecords.encode(
            SequencedRecord.newBuilder().setClaim(Claim.newBuilder().setOwner("o")).build()));
  }

  private double failures() {
    return meters.get("search_engine_failures").counter().count();
  }

  @Test
  void anEngineThatIsAwayIsAskedLessAndLess() {
    engine.away = true;
    List<Integer> seconds = new ArrayList<>();
    int asked = 0;
    for (int second = 0; second < 100; second++) {
      for (int lane = 0; lane < 2; lane++) {
        assertThat(writer.start(lane, 0)).isEqualTo(LaneStart.LATER);
      }
      assertThat(writer.finish()).isEmpty();
      if (engine.asked > asked) {
        seconds.add(second);
        assertThat(engine.asked).as("one lane asks for all").isEqualTo(asked + 1);
        asked = engine.asked;
      }
      clock.advance(Duration.ofSeconds(1));
    }
    assertThat(seconds).containsExactly(0, 1, 3, 7, 15, 31, 61, 91);
    assertThat(failures()).isEqualTo(8);
    engine.away = false;
    clock.advance(Duration.ofSeconds(30));
    assertThat(writer.start(0, 0).from()).isZero();
    assertThat(writer.start(1, 0).from()).isZero();
    engine.away = true;
    assertThat(writer.start(0, 0)).isEqualTo(LaneStart.LATER);
    engine.away = false;
    clock.advance(Duration.ofSeconds(1));
    assertThat(writer.start(0, 0).from()).as("the pause is short again").isZero();
  }

  @Test
  void aBatchThatIsNotTakenComesAgain() {
    assertThat(writer.start(0, 0).from()).isZero();
    writer.handle(0, List.of(claim(0)));
    assertThat(engine.offset).isZero();
    engine.away = true;
    writer.handle(0, List.of(claim(1)));
    int asked = engine.asked;
    writer.handle(0, List.of(claim(2)));
    assertThat(engine.asked).as("nothing is passed over").isEqualTo(asked);
    assertThat(writer.finish()).isEqualTo(Set.of(0));
    assertThat(writer.finish()).isEmpty();
    assertThat(writer.start(0, 0)).isEqualTo(LaneStart.LATER);
    engine.away = false;
    clock.advance(Duration.ofSeconds(1));
    LaneStart start = writer.start(0, 0);
    assertThat(start.handled()).isZero();
    writer.handle(0, List.of(claim(1), claim(2)));
    assertThat(engine.offset).isEqualTo(2);
    assertThat(failures()).isEqualTo(1);
  }
}
