package im.hongyan.messagelog.redis;

import static im.hongyan.messagelog.redis.LaneFixture.DAY;
import static im.hongyan.messagelog.redis.LaneFixture.NOON;
import static im.hongyan.messagelog.redis.LaneFixture.body;
import static im.hongyan.messagelog.redis.LaneFixture.present;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import im.hongyan.drivers.redis.Redis;
import im.hongyan.drivers.redis.RedisAnswers;
import im.hongyan.messagelog.lane.LaneCache.Numbered;
import im.hongyan.messagelog.lane.LaneCache.Top;
import im.hongyan.messagelog.lane.LaneState;
import im.hongyan.wire.error.ImException;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Proves O3 and O7 of docs/sequencing.md: a batch becomes visible whole and only where it follows
 * what is there, a reload takes over in one step, and readers see one generation or are refused.
 */
class LaneCacheContractIT extends LaneContract {
  private Map<String, Top> seqs(LaneState state) {
    return present(
        cache.seqs(lane.lane, state.generation(), List.of("si_none", lane.conversation)));
  }

  private Map<Long, byte[]> bodies(LaneState state, List<Long> seqs) {
    return present(cache.bodies(lane.lane, state.generation(), lane.conversation, seqs));
  }

  private long read(LaneState state, String user) {
    List<String> ours = List.of(lane.conversation, "si_none");
    var states = present(views.states(lane.lane, state.generation(), user, ours));
    var ofLane = states.get(lane.conversation);
    return ofLane == null ? 0 : ofLane.window().read();
  }

  @Test
  void anUnknownLaneIsAbsent() {
    assertThat(cache.state(lane.lane)).isEqualTo(LaneState.ABSENT);
    assertThat(cache.seqs(lane.lane, "made-up", List.of(lane.conversation)).values()).isNull();
  }

  @Test
  void aBatchBecomesVisibleWithThePosition() {
    LaneState state = lane.apply(lane.openAt(10), lane.copy(1, "c1"), lane.copy(2, "c2", NOON + 9));
    assertThat(cache.state(lane.lane)).isEqualTo(state);
    assertThat(state.position()).isEqualTo(11);
    assertThat(seqs(state)).isEqualTo(Map.of(lane.conversation, new Top(2, NOON + 9)));
    Map<Long, byte[]> found = bodies(state, List.of(2L, 3L, 1L));
    assertThat(found).containsOnlyKeys(1L, 2L);
    assertThat(found.get(2L)).isEqualTo(body(2));
    assertThat(bodies(state, List.of())).isEmpty();
  }

  @Test
  void aBatchThatDoesNotFollowChangesNothing() {
    LaneState state = lane.apply(lane.openAt(10), lane.copy(1, "c1"));
    List<Numbered> next = List.of(lane.copy(2, "c2"));
    LaneState behind = new LaneState(state.generation(), 10, true, 0);
    LaneState ahead = new LaneState(state.generation(), 12, true, 0);
    LaneState other = new LaneState("other", 11, true, 0);
    for (LaneState wrong : List.of(behind, ahead, other, LaneState.ABSENT)) {
      assertThat(cache.apply(lane.lane, wrong, 13, LaneFixture.batch(next), true)).isFalse();
    }
    assertThat(cache.state(lane.lane)).isEqualTo(state);
    assertThat(seqs(state)).isEqualTo(Map.of(lane.conversation, new Top(1, NOON)));
    assertThat(bodies(state, List.of(2L))).isEmpty();
    assertThat(windowed(state, "c2")).containsExactly(0L);
  }

  @Test
  void aLostLaneTakesNoBatch() {
    LaneState state = lane.openAt(10);
    Redis.await(redis.commands().del(LaneKeys.state(lane.lane)));
    assertThat(cache.apply(lane.lane, state, 11, LaneFixture.batch(lane.copy(1, "c1")), true))
        .isFalse();
    assertThat(cache.state(lane.lane)).isEqualTo(LaneState.ABSENT);
    assertThat(cache.open(lane.lane, state, cache.server(lane.lane))).isFalse();
  }

  @Test
  void anEmptyBatchMovesThePosition() {
    assertThat(cache.state(lane.lane)).isEqualTo(LaneState.ABSENT);
    LaneState state = lane.apply(lane.openAt(10));
    assertThat(cache.state(lane.lane).position()).isEqualTo(state.position()).isEqualTo(11);
  }

  @Test
  void readersOfAnotherGenerationAreRefused() {
    LaneState before = lane.apply(lane.openAt(10), lane.copy(1, "c1"));
    LaneState after = lane.openAt(12);
    String old = before.generation();
    List<String> ours = List.of(lane.conversation);
    var candidates = List.of(lane.candidate("c1"));
    var bodies = cache.bodies(lane.lane, old, lane.conversation, List.of(1L));
    assertThat(bodies.values()).isNull();
    assertThat(bodies.state().generation()).isEqualTo(after.generation());
    assertThat(bodies.state().position()).isEqualTo(after.position());
    assertThat(cache.seqs(lane.lane, old, ours).values()).isNull();
    assertThat(views.states(lane.lane, old, "alice", ours).values()).isNull();
    assertThat(cache.windowed(lane.lane, old, candidates, NOON).values()).isNull();
    assertThat(seqs(after)).isEmpty();
  }

  @Test
  void theWindowAnswersForManyMessagesAtOnce() {
    LaneState state = lane.openAt(10);
    state = lane.apply(state, lane.copy(1, "a"), lane.copy(2, "b", NOON - DAY));
    assertThat(windowed(state, "b", "x", "a")).containsExactly(2L, 0L, 1L);
    assertThat(windowed(state)).isEmpty();
  }

  private List<Long> windowed(LaneState state, String... clientIds) {
    var candidates = List.of(clientIds).stream().map(lane::candidate).toList();
    return present(cache.windowed(lane.lane, state.generation(), candidates, NOON));
  }

  @Test
  void readPositionsOnlyGoUp() {
    LaneState state = lane.apply(lane.openAt(10), lane.copy(5, "c5"));
    assertThat(read(state, "alice")).isEqualTo(5);
    assertThat(read(state, "bob")).isZero();
    state = lane.apply(state, lane.copy(3, "c3"));
    assertThat(read(state, "alice")).isEqualTo(5);
    state = lane.apply(state, lane.copy(10, "c10"));
    assertThat(read(state, "alice")).as("compared as numbers").isEqualTo(10);
  }

  @Test
  void theCacheKeepsTheLastTwoHundredOnceHistoryHasTheOthers() {
    LaneState state = lane.openAt(0);
    for (long from = 1; from <= 500; from += 50) {
      Numbered[] batch =
          LongStream.range(from, from + 50)
              .mapToObj(seq -> lane.copy(seq, "c" + seq))
              .toArray(Numbered[]::new);
      state = lane.apply(state, batch);
    }
    List<Long> all = LongStream.rangeClosed(1, 500).boxed().toList();
    List<Long> last = LongStream.rangeClosed(301, 500).boxed().toList();
    assertThat(bodies(state, all).keySet()).containsExactlyInAnyOrderElementsOf(last);
    assertThat(bodies(state, List.of(500L)).get(500L)).isEqualTo(body(500));
  }

  @Test
  void nothingIsTrimmedBeforeHistoryHasIt() {
    LaneState state = lane.openAt(0);
    List<Numbered> copies =
        LongStream.rangeClosed(1, 300).mapToObj(seq -> lane.copy(seq, "c" + seq)).toList();
    assertThat(cache.apply(lane.lane, state, 1, LaneFixture.batch(copies), false)).isTrue();
    LaneState after = new LaneState(state.generation(), 1, true, 0);
    List<Long> all = LongStream.rangeClosed(1, 300).boxed().toList();
    assertThat(bodies(after, all)).hasSize(300);
    // What was kept longer goes bit by bit once trimming is allowed again.
    for (long seq = 301; seq <= 303; seq++) {
      after = lane.apply(after, lane.copy(seq, "c" + seq));
    }
    assertThat(bodies(after, all).keySet())
        .containsExactlyInAnyOrderElementsOf(LongStream.rangeClosed(104, 300).boxed().toList());
  }

  @Test
  void aReloadIsReadByNobodyUntilItIsPublished() {
    LaneState before = lane.apply(lane.openAt(10), lane.copy(1, "old"));
    String generation = cache.newGeneration();
    cache.load(lane.lane, generation, 0, LaneFixture.batch(lane.copy(4, "c4"), lane.copy(5, "c5")));
    cache.load(lane.lane, generation, 2, LaneFixture.batch(lane.copy(6, "c6")));
    assertThat(cache.state(lane.lane)).isEqualTo(before);
    assertThat(seqs(before)).isEqualTo(Map.of(lane.conversation, new Top(1, NOON)));

    LaneState next = new LaneState(generation, 20, false, NOON);
    assertThat(cache.publish(lane.lane, next, 3, before, -1)).isTrue();
    assertThat(cache.state(lane.lane)).isEqualTo(next);
    assertThat(seqs(next)).isEqualTo(Map.of(lane.conversation, new Top(6, NOON)));
    assertThat(bodies(next, List.of(1L, 4L, 6L))).containsOnlyKeys(4L, 6L);
    assertThat(windowed(next, "old", "c4")).containsExactly(0L, 4L);
    assertThat(read(next, "alice")).isEqualTo(6);
  }

  @Test
  void ofTwoReloadsTheFirstTakesOver() {
    LaneState before = lane.openAt(10);
    LaneState first = new LaneState("first", 11, true, 0);
    LaneState second = new LaneState("second", 11, true, 0);
    assertThat(cache.publish(lane.lane, first, 0, before, -1)).isTrue();
    assertThat(cache.publish(lane.lane, second, 0, before, -1)).isFalse();
    assertThat(cache.publish(lane.lane, second, 0, LaneState.ABSENT, -1)).isFalse();
    assertThat(cache.state(lane.lane)).isEqualTo(first);
  }

  @Test
  void aReloadDoesNotTakeOverWhatMovedOnMeanwhile() {
    LaneState before = lane.openAt(10);
    LaneState moved = lane.apply(before, lane.copy(1, "c1"));
    LaneState next = new LaneState(cache.newGeneration(), 9, true, 0);
    assertThat(cache.publish(lane.lane, next, 0, before, -1)).isFalse();
    assertThat(cache.state(lane.lane)).isEqualTo(moved);
    assertThat(cache.publish(lane.lane, next, 0, moved, -1)).isTrue();
  }

  @Test
  void aReloadThatLostSomethingIsNotPublished() {
    LaneState before = lane.openAt(10);
    LaneState next = new LaneState("half", 11, true, 0);
    cache.load(lane.lane, "half", 0, LaneFixture.batch(lane.copy(1, "c1"), lane.copy(2, "c2")));
    // Less than all, as after a crash between two parts of a load.
    assertThat(cache.publish(lane.lane, next, 3, before, -1)).isFalse();
    byte[] staging = LaneKeys.staging(lane.lane, "half");
    assertThat(Redis.await(redis.commands().del(staging))).isEqualTo(1);
    assertThatExceptionOfType(ImException.class)
        .isThrownBy(() -> cache.load(lane.lane, "half", 2, LaneFixture.batch(lane.copy(3, "c3"))));
    assertThat(cache.publish(lane.lane, next, 2, before, -1)).isFalse();
    assertThat(cache.state(lane.lane)).isEqualTo(before);
    cache.load(lane.lane, "half", 0, LaneFixture.batch(lane.copy(1, "c1"), lane.copy(2, "c2")));
    assertThat(cache.publish(lane.lane, next, 2, before, -1)).isTrue();
    assertThat(cache.state(lane.lane)).isEqualTo(next);
  }

  @Test
  void aReloadTakesOverAnEmptyRedis() {
    LaneState next = new LaneState(cache.newGeneration(), 5, true, 0);
    assertThat(cache.publish(lane.lane, next, 0, new LaneState("gone", 4, true, 0), -1)).isFalse();
    assertThat(cache.publish(lane.lane, next, 0, LaneState.ABSENT, -1)).isTrue();
    assertThat(cache.state(lane.lane)).isEqualTo(next);
  }

  @Test
  void everyKeyButTheStateEndsByItself() {
    LaneState state = lane.apply(lane.openAt(10), lane.copy(1, "c1"));
    cache.load(lane.lane, "loading", 0, LaneFixture.batch(lane.copy(1, "c1")));
    String pattern = "{L" + lane.lane + "}:*";
    List<String> lasting =
        Redis.await(redis.commands().keys(pattern)).stream()
            .filter(key -> Redis.await(redis.commands().ttl(key)) < 0)
            .map(RedisAnswers::text)
            .toList();
    assertThat(lasting).containsExactly("{L" + lane.lane + "}:state");
    assertThat(cache.state(lane.lane)).isEqualTo(state);
  }
}
