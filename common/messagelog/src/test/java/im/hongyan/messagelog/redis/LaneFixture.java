package im.hongyan.messagelog.redis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.messagelog.lane.LaneBatch;
import im.hongyan.messagelog.lane.LaneCache;
import im.hongyan.messagelog.lane.LaneCache.Candidate;
import im.hongyan.messagelog.lane.LaneCache.Numbered;
import im.hongyan.messagelog.lane.LaneState;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A lane of its own for each test, with messages to put into it. */
final class LaneFixture {
  /** Noon of a day, so that the days before and after are distinct. */
  static final long NOON = 1_700_006_400_000L - 1_700_006_400_000L % 86_400_000L + 43_200_000L;

  static final long DAY = 86_400_000L;
  private static final AtomicInteger LANES = new AtomicInteger(1000);

  final int lane = LANES.getAndIncrement();
  final String conversation = "si_alice_bob_" + lane;
  private final LaneCache cache;

  LaneFixture(LaneCache cache) {
    this.cache = cache;
  }

  /** Opens the lane at a position. */
  LaneState openAt(long position) {
    LaneState state = new LaneState(cache.newGeneration(), position, true, 0);
    assertThat(cache.publish(lane, state, 0, cache.state(lane), -1)).isTrue();
    return state;
  }

  /** Makes copies visible, the lane being at a position, and returns the state after that. */
  LaneState apply(LaneState at, Numbered... copies) {
    long next = at.position() + 1;
    assertThat(cache.apply(lane, at, next, batch(copies), true)).isTrue();
    return new LaneState(at.generation(), next, at.open(), at.completeSinceMillis());
  }

  /** Copies alone, which say nothing of what was handled. */
  static LaneBatch batch(Numbered... copies) {
    return batch(List.of(copies));
  }

  /** As above. */
  static LaneBatch batch(List<Numbered> copies) {
    return new LaneBatch(copies, List.of(), List.of(), -1, -1);
  }

  Candidate candidate(String clientId) {
    return candidate(clientId, "server-" + clientId);
  }

  Candidate candidate(String clientId, String serverId) {
    return new Candidate(conversation, "alice", clientId, serverId, NOON);
  }

  Numbered copy(long seq, String clientId) {
    return copy(seq, clientId, NOON);
  }

  Numbered copy(long seq, String clientId, long sendTimeMillis) {
    return new Numbered(conversation, seq, "alice", clientId, sendTimeMillis, body(seq));
  }

  static byte[] body(long seq) {
    return ("body " + seq + " \0 鸿雁").getBytes(UTF_8);
  }

  /** A value that the lane's generation let us read. */
  static <T> T present(LaneCache.Read<T> read) {
    return present(read.values());
  }

  static <T> T present(@Nullable T value) {
    assertThat(value).isNotNull();
    return java.util.Objects.requireNonNull(value);
  }
}
