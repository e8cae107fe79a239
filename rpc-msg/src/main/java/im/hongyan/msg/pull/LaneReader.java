package im.hongyan.msg.pull;

import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.messagelog.lane.LaneCache;
import im.hongyan.messagelog.lane.LaneCache.Admission;
import im.hongyan.messagelog.lane.LaneCache.Candidate;
import im.hongyan.messagelog.lane.LaneState;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.error.StoreUnavailableException;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.Lane;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads the lanes: Redis, then inbox, then history, without a visible seam (docs/sequencing.md,
 * Reading). Remembers the highest position seen of each lane; a lane that Redis shows below it, or
 * not at all, is waited for and then refused with 500. Safe for use by several threads; may block.
 */
public final class LaneReader {
  private static final long WAIT_MILLIS = 2_000;
  private static final long LOOK_AGAIN_MILLIS = 10;
  private static final long WINDOW_MILLIS = 2 * 86_400_000L;

  private final ReadStores stores;
  private final Timer timer;
  private final AtomicReferenceArray<LaneState> seen;

  /** How a reader waits until a lane is where it must be. */
  public interface Timer {
    /** The machine's. */
    Timer SYSTEM =
        new Timer() {
          @Override
          public long nanoTime() {
            return System.nanoTime();
          }

          @Override
          public void pause(long millis) throws InterruptedException {
            Thread.sleep(millis);
          }
        };

    /** As {@link System#nanoTime}. */
    long nanoTime();

    /** Waits so long before the lane is looked at again. */
    void pause(long millis) throws InterruptedException;
  }

  /** Creates a reader of so many lanes. */
  public LaneReader(int lanes, ReadStores stores) {
    this(lanes, stores, Timer.SYSTEM);
  }

  /** Creates a reader that waits by a timer. */
  public LaneReader(int lanes, ReadStores stores, Timer timer) {
    this.stores = stores;
    this.timer = timer;
    seen = new AtomicReferenceArray<>(lanes);
    for (int lane = 0; lane < lanes; lane++) {
      seen.set(lane, LaneState.ABSENT);
    }
  }

  /** Admissions, and whether the windows they come from hold everything of the last two days. */
  public record Admitted(List<Admission> admissions, boolean windowsComplete) {}

  /** The newest message of a conversation. */
  public record Top(long seq, long sendTimeMillis) {
    /** A conversation without messages. */
    public static final Top NONE = new Top(0, 0);
  }

  /** A try at a lane: the state it met, and the value where that state could be used. */
  record Try<T>(LaneState state, @Nullable T value) {}

  /** The lane of a conversation. */
  public int lane(String conversationId) {
    return Lane.of(new ConversationId(conversationId), seen.length());
  }

  /**
   * Does something with a lane as soon as Redis shows it where it must be.
   *
   * @throws ImException 500 after two seconds
   */
  <T> T onLane(int lane, Function<LaneState, Try<T>> attempt) {
    long deadline = timer.nanoTime() + WAIT_MILLIS * 1_000_000;
    while (true) {
      LaneState known = seen.get(lane);
      Try<T> met = attempt.apply(known);
      LaneState state = met.state();
      boolean usable = state.present() && state.position() >= known.position();
      if (usable) {
        seen.accumulateAndGet(lane, state, LaneReader::newer);
        if (met.value() != null) {
          return met.value();
        }
        if (!state.generation().equals(known.generation())) {
          continue;
        }
      }
      if (timer.nanoTime() > deadline) {
        throw new StoreUnavailableException("lane " + lane + " is not readable now");
      }
      pause();
    }
  }

  private static LaneState newer(LaneState a, LaneState b) {
    return b.position() >= a.position() ? b : a;
  }

  private void pause() {
    try {
      timer.pause(LOOK_AGAIN_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("interrupted", e);
    }
  }

  /** Looks for resends and opens tickets (A3). */
  public Admitted admit(int lane, List<Candidate> candidates, long nowMillis) {
    return onLane(
        lane,
        known -> {
          var answer = stores.cache().admit(lane, known, known.position(), candidates, nowMillis);
          List<Admission> admissions = answer.admissions();
          if (admissions == null) {
            return new Try<>(answer.state(), null);
          }
          return new Try<>(
              answer.state(), new Admitted(admissions, complete(answer.state(), nowMillis)));
        });
  }

  /** Whether a message was accepted before, or is just being accepted. */
  public boolean known(Candidate candidate, long nowMillis) {
    int lane = lane(candidate.conversationId());
    return onLane(
        lane,
        known -> {
          var read = stores.cache().known(lane, known.generation(), candidate, nowMillis);
          Boolean found = read.values();
          if (found != null && !found && !read.state().open()) {
            // A ticket may be lost, and what it was for not numbered yet.
            return new Try<>(read.state(), null);
          }
          if (found == null || found || complete(read.state(), nowMillis)) {
            return new Try<>(read.state(), found);
          }
          return new Try<>(read.state(), findSent(candidate).isPresent());
        });
  }

  private static boolean complete(LaneState state, long nowMillis) {
    return state.completeSinceMillis() <= nowMillis - WINDOW_MILLIS;
  }

  /** A message that history holds under a client's id. */
  public Optional<MsgData> findSent(Candidate candidate) {
    return stores
        .history()
        .findSent(candidate.conversationId(), candidate.sendId(), candidate.clientMsgId())
        .map(row -> parse(row.body()));
  }

  /**
   * The newest messages of conversations, whoever may read them; those without one are left out.
   */
  public Map<String, Top> tops(Collection<String> conversationIds) {
    Map<Integer, List<String>> byLane = new HashMap<>();
    conversationIds.forEach(
        id -> byLane.computeIfAbsent(lane(id), lane -> new ArrayList<>()).add(id));
    Map<String, Top> tops = new HashMap<>();
    byLane.forEach((lane, ids) -> tops.putAll(onLane(lane, known -> tops(lane, known, ids))));
    return tops;
  }

  private Try<Map<String, Top>> tops(int lane, LaneState known, List<String> ids) {
    var read = stores.cache().seqs(lane, known.generation(), ids);
    Map<String, LaneCache.Top> cached = read.values();
    if (cached == null) {
      return new Try<>(read.state(), null);
    }
    List<String> rest = ids.stream().filter(id -> !cached.containsKey(id)).toList();
    Map<String, Top> tops = new HashMap<>();
    cached.forEach((id, top) -> tops.put(id, new Top(top.seq(), top.sendTimeMillis())));
    Map<String, Top> kept = kept(lane, read.state(), rest);
    if (kept == null) {
      return new Try<>(read.state(), null);
    }
    tops.putAll(kept);
    return new Try<>(read.state(), tops);
  }

  /**
   * What history knows of conversations that Redis does not; null where it is ahead of what Redis
   * shows, since what it holds may not be visible yet.
   */
  @Nullable Map<String, Top> kept(int lane, LaneState state, List<String> ids) {
    if (ids.isEmpty()) {
      return Map.of();
    }
    var heights = stores.history().heights(lane, ids);
    if (heights.writerOffset() > state.position()) {
      return null;
    }
    Map<String, Top> tops = new HashMap<>();
    heights.tops().forEach((id, top) -> tops.put(id, new Top(top.seq(), top.sendTimeMillis())));
    return tops;
  }

  /**
   * One visible message as it is stored, whatever became of it.
   *
   * @throws ImException 500 when it is found nowhere
   */
  public MsgData message(String conversationId, long seq) {
    int lane = lane(conversationId);
    List<Long> wanted = List.of(seq);
    Map<Long, byte[]> bodies =
        new HashMap<>(
            onLane(
                lane,
                known -> {
                  var read =
                      stores.cache().bodies(lane, known.generation(), conversationId, wanted);
                  return new Try<>(read.state(), read.values());
                }));
    UserReader.fill(bodies, wanted, missing -> stores.inbox().find(conversationId, missing));
    UserReader.fill(bodies, wanted, missing -> stores.history().find(conversationId, missing));
    byte[] body = bodies.get(seq);
    if (body == null) {
      throw new StoreUnavailableException(
          "message " + seq + " of " + conversationId + " is in no store");
    }
    return parse(body);
  }

  static MsgData parse(byte[] body) {
    try {
      return MsgData.parseFrom(body);
    } catch (InvalidProtocolBufferException e) {
      throw new StoreUnavailableException("a stored message is damaged", e);
    }
  }
}
