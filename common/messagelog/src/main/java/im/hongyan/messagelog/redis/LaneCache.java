package im.hongyan.messagelog.redis;

import im.hongyan.drivers.redis.Redis;
import im.hongyan.drivers.redis.RedisAnswers;
import im.hongyan.drivers.redis.RedisScript;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A lane's part of Redis (docs/sequencing.md): seqs, resend windows, tickets, message cache, read
 * positions, and the position up to which all of them follow the log. Every access is one script,
 * which answers with the state as of the same moment. Safe for use by several threads; failures of
 * Redis are thrown as {@link im.hongyan.wire.error.ImException} 500.
 */
public final class LaneCache {
  private static final RedisScript ADMIT = new RedisScript("admit.lua");
  private static final RedisScript APPLY = new RedisScript("apply.lua");
  private static final RedisScript READ = new RedisScript("read.lua");
  private static final RedisScript PUBLISH = new RedisScript("publish.lua");
  private static final RedisScript OPEN = new RedisScript("open.lua");
  private static final byte[] NOTHING = {};
  private static final byte[] WHETHER_OPEN = RedisScript.bytes("open");

  private final Redis redis;

  /** Creates access over the connection. */
  public LaneCache(Redis redis) {
    this.redis = redis;
  }

  /** A message that asks to be accepted, with the ids it would get. */
  public record Candidate(
      String conversationId,
      String sendId,
      String clientMsgId,
      String serverMsgId,
      long sendTimeMillis) {}

  /**
   * The answer to a candidate.
   *
   * @param sequencedAs seq in the resend window, 0 when it is not there
   * @param serverMsgId id to use, empty when sequenced already
   */
  public record Admission(long sequencedAs, String serverMsgId, long sendTimeMillis) {}

  /** The answer to a batch; without admissions when the lane is not as the caller believed. */
  public record Admissions(LaneState state, @Nullable List<Admission> admissions) {}

  /** A numbered copy; {@code clientMsgId} is empty for copies outside the resend window. */
  public record Numbered(
      String conversationId,
      long seq,
      String sendId,
      String clientMsgId,
      long sendTimeMillis,
      byte[] body) {}

  /**
   * Values of a read; null when the generation was another. Only {@link #known} asks whether the
   * state is open.
   */
  public record Read<T>(LaneState state, @Nullable T values) {}

  /** What Redis says of the lane. */
  public LaneState state(int lane) {
    return state(look(lane));
  }

  /** Names the server that holds the lane; another name after each of its starts. */
  public String server(int lane) {
    return RedisAnswers.text(look(lane).get(5));
  }

  private List<Object> look(int lane) {
    return READ.run(redis, List.of(LaneKeys.state(lane)), List.of(NOTHING, WHETHER_OPEN));
  }

  static LaneState state(List<Object> answer) {
    return state(answer, 0);
  }

  private static LaneState state(List<Object> answer, int from) {
    String generation = RedisAnswers.text(answer.get(from));
    if (generation.isEmpty()) {
      return LaneState.ABSENT;
    }
    return new LaneState(
        generation,
        RedisAnswers.number(answer.get(from + 1), -1),
        !RedisAnswers.text(answer.get(from + 2)).isEmpty(),
        RedisAnswers.number(answer.get(from + 3), Long.MAX_VALUE));
  }

  /** Looks for resends and opens tickets (A3). */
  public Admissions admit(
      int lane, LaneState known, long leastPosition, List<Candidate> candidates, long nowMillis) {
    long today = LaneKeys.epochDay(nowMillis);
    String generation = known.generation();
    List<byte[]> keys = new ArrayList<>(1 + candidates.size() * 3);
    List<byte[]> arguments = new ArrayList<>(3 + candidates.size() * 2);
    keys.add(LaneKeys.state(lane));
    arguments.add(RedisScript.bytes(generation));
    arguments.add(RedisScript.bytes(leastPosition));
    arguments.add(RedisScript.bytes(LaneKeys.TICKET_SECONDS));
    for (Candidate candidate : candidates) {
      byte[] hash = LaneKeys.hash(candidate.sendId(), candidate.clientMsgId());
      keys.add(LaneKeys.window(lane, generation, today, candidate.conversationId()));
      keys.add(LaneKeys.window(lane, generation, today - 1, candidate.conversationId()));
      keys.add(LaneKeys.ticket(lane, candidate.conversationId(), hash));
      arguments.add(hash);
      arguments.add(RedisScript.bytes(candidate.serverMsgId() + ":" + candidate.sendTimeMillis()));
    }
    List<Object> answer = ADMIT.run(redis, keys, arguments);
    if ((Long) answer.get(0) == 0) {
      return new Admissions(state(answer, 1), null);
    }
    List<Admission> admissions = new ArrayList<>(candidates.size());
    for (int i = 0; i < candidates.size(); i++) {
      long seq = RedisAnswers.number(answer.get(3 + i * 2), 0);
      String ticket = RedisAnswers.text(answer.get(4 + i * 2));
      int colon = ticket.indexOf(':');
      admissions.add(
          seq > 0
              ? new Admission(seq, "", 0)
              : new Admission(
                  0, ticket.substring(0, colon), Long.parseLong(ticket.substring(colon + 1))));
    }
    LaneState state =
        new LaneState(
            generation,
            RedisAnswers.number(answer.get(1), -1),
            true,
            RedisAnswers.number(answer.get(2), Long.MAX_VALUE));
    return new Admissions(state, admissions);
  }

  /**
   * Makes a batch visible (O7).
   *
   * @param trim whether messages older than the last 200 are safely in history
   * @return false, with nothing changed, when the lane is not at the expected position
   */
  public boolean apply(
      int lane, LaneState expected, long newPosition, LaneBatch batch, boolean trim) {
    return apply(LaneKeys.state(lane), lane, expected, newPosition, batch, trim);
  }

  /** As above, for copies alone. */
  public boolean apply(
      int lane, LaneState expected, long newPosition, List<Numbered> copies, boolean trim) {
    return apply(lane, expected, newPosition, LaneBatch.of(copies), trim);
  }

  /**
   * Loads records under a generation that nobody reads yet; {@link #publish} ends it (O3).
   *
   * @param loadedBefore {@link LaneBatch#size} of all that was loaded before
   * @throws im.hongyan.wire.error.ImException 500 also when Redis has lost some of that
   */
  public void load(int lane, String generation, int loadedBefore, LaneBatch batch) {
    byte[] staging = LaneKeys.staging(lane, generation);
    if (loadedBefore == 0) {
      Redis.await(
          redis
              .commands()
              .hset(
                  staging,
                  Map.of(
                      LaneKeys.GENERATION,
                      RedisScript.bytes(generation),
                      LaneKeys.POSITION,
                      RedisScript.bytes(staged(0)))));
    }
    Redis.await(redis.commands().expire(staging, LaneKeys.STAGING_SECONDS));
    LaneState state = new LaneState(generation, staged(loadedBefore), false, 0);
    if (!apply(staging, lane, state, staged(loadedBefore + batch.size()), batch, false)) {
      throw im.hongyan.wire.error.ImException.internal(
          "loading lane " + lane + " into Redis was disturbed", null);
    }
  }

  /** As above, for copies alone. */
  public void load(int lane, String generation, int loadedBefore, List<Numbered> copies) {
    load(lane, generation, loadedBefore, LaneBatch.of(copies));
  }

  /** The position of a staging state tells how much was loaded; below every true position. */
  private static long staged(int loaded) {
    return -1L - loaded;
  }

  private boolean apply(
      byte[] stateKey,
      int lane,
      LaneState expected,
      long newPosition,
      LaneBatch batch,
      boolean trim) {
    List<Numbered> copies = batch.copies();
    List<byte[]> keys = new ArrayList<>(1 + copies.size() * 5);
    List<byte[]> arguments = new ArrayList<>(8 + copies.size() * 5);
    keys.add(stateKey);
    arguments.add(RedisScript.bytes(expected.generation()));
    arguments.add(RedisScript.bytes(expected.position()));
    arguments.add(RedisScript.bytes(newPosition));
    arguments.add(RedisScript.bytes(trim ? 1 : 0));
    arguments.add(LaneKeys.channel(lane));
    arguments.add(RedisScript.bytes(batch.lastInbound()));
    arguments.add(RedisScript.bytes(batch.historyOffset()));
    arguments.add(RedisScript.bytes(copies.size()));
    for (Numbered copy : copies) {
      addCopy(lane, expected.generation(), copy, keys, arguments);
    }
    Overlay.Effects effects = new Overlay.Effects(lane, expected.generation(), keys, arguments);
    batch.mutations().forEach(effects::add);
    batch.answered().forEach(effects::dropTicket);
    return (Long) APPLY.run(redis, keys, arguments).getFirst() == 1;
  }

  private static void addCopy(
      int lane, String generation, Numbered copy, List<byte[]> keys, List<byte[]> arguments) {
    String conversation = copy.conversationId();
    boolean windowed = !copy.clientMsgId().isEmpty();
    byte[] hash = windowed ? LaneKeys.hash(copy.sendId(), copy.clientMsgId()) : NOTHING;
    keys.add(LaneKeys.seq(lane, generation, conversation));
    keys.add(
        LaneKeys.window(lane, generation, LaneKeys.epochDay(copy.sendTimeMillis()), conversation));
    keys.add(LaneKeys.ticket(lane, conversation, hash));
    keys.add(LaneKeys.cache(lane, generation, conversation));
    keys.add(LaneKeys.reads(lane, generation, conversation));
    arguments.add(RedisScript.bytes(copy.seq()));
    arguments.add(hash);
    arguments.add(RedisScript.bytes(copy.sendId()));
    arguments.add(RedisScript.bytes(copy.sendTimeMillis()));
    arguments.add(copy.body());
  }

  /** A fresh name for a generation. */
  public static String newGeneration() {
    return UUID.randomUUID().toString().substring(0, 8);
  }

  /**
   * Lets a loaded generation take over (O3).
   *
   * @param loaded size of all that was loaded
   * @param replaced what was there
   * @param lastInbound last inbound offset handled, -1 when unknown
   * @return false when the state is not {@code replaced} any more, or what was loaded is lost
   */
  public boolean publish(
      int lane, LaneState next, int loaded, LaneState replaced, long lastInbound) {
    return (Long)
            PUBLISH
                .run(
                    redis,
                    List.of(LaneKeys.state(lane), LaneKeys.staging(lane, next.generation())),
                    List.of(
                        RedisScript.bytes(next.generation()),
                        RedisScript.bytes(next.position()),
                        RedisScript.bytes(next.completeSinceMillis()),
                        RedisScript.bytes(next.open() ? 1 : 0),
                        LaneKeys.channel(lane),
                        RedisScript.bytes(replaced.generation()),
                        RedisScript.bytes(replaced.position()),
                        loaded == 0 ? NOTHING : RedisScript.bytes(staged(loaded)),
                        RedisScript.bytes(lastInbound)))
                .getFirst()
        == 1;
  }

  /** The last inbound offset whose record is handled and visible, -1 when Redis does not know. */
  public long lastInbound(int lane) {
    return RedisAnswers.number(
        Redis.await(redis.commands().hget(LaneKeys.state(lane), LaneKeys.INBOUND)), -1);
  }

  /** As above, where it is not known what was handled. */
  public boolean publish(int lane, LaneState next, int loaded, LaneState replaced) {
    return publish(lane, next, loaded, replaced, -1);
  }

  /**
   * Accepts sends again, until this server has ended or the lane is lost.
   *
   * @param server where it was looked for what waits to be numbered
   * @return false, with nothing changed, when that server has ended, or the lane is not at the
   *     expected position
   */
  public boolean open(int lane, LaneState expected, String server) {
    return (Long)
            OPEN.run(
                    redis,
                    List.of(LaneKeys.state(lane)),
                    List.of(
                        RedisScript.bytes(expected.generation()),
                        RedisScript.bytes(expected.position()),
                        RedisScript.bytes(server)))
                .getFirst()
        == 1;
  }

  /** The last message of a conversation. */
  public record Top(long seq, long sendTimeMillis) {}

  /** Last seqs of conversations; those that Redis does not know are left out. */
  public Read<Map<String, Top>> seqs(int lane, String generation, List<String> conversations) {
    List<byte[]> keys = new ArrayList<>();
    List<byte[]> arguments = new ArrayList<>();
    keys.add(LaneKeys.state(lane));
    arguments.add(RedisScript.bytes(generation));
    for (String conversation : conversations) {
      keys.add(LaneKeys.seq(lane, generation, conversation));
      arguments.add(RedisScript.bytes(0));
    }
    List<Object> answer = READ.run(redis, keys, arguments);
    if (!(answer.get(4) instanceof List<?> values)) {
      return new Read<>(state(answer), null);
    }
    Map<String, Top> found = new HashMap<>();
    for (int i = 0; i < values.size(); i++) {
      Top top = top(values.get(i));
      if (top != null) {
        found.put(conversations.get(i), top);
      }
    }
    return new Read<>(state(answer), found);
  }

  /** A conversation's last message as its key tells it; null where there is none. */
  static @Nullable Top top(@Nullable Object value) {
    String[] top = RedisAnswers.text(value).split(",", -1);
    return top.length == 2 ? new Top(Long.parseLong(top[0]), Long.parseLong(top[1])) : null;
  }

  /** Cached bodies among these seqs of a conversation. */
  public Read<Map<Long, byte[]>> bodies(
      int lane, String generation, String conversation, Collection<Long> seqs) {
    if (seqs.isEmpty()) {
      return new Read<>(LaneState.ABSENT, Map.of());
    }
    List<Long> wanted = List.copyOf(seqs);
    List<byte[]> arguments = new ArrayList<>();
    arguments.add(RedisScript.bytes(generation));
    arguments.add(RedisScript.bytes(wanted.size()));
    wanted.forEach(seq -> arguments.add(RedisScript.bytes(seq)));
    List<Object> answer =
        READ.run(
            redis,
            List.of(LaneKeys.state(lane), LaneKeys.cache(lane, generation, conversation)),
            arguments);
    if (!(answer.get(4) instanceof List<?> values)) {
      return new Read<>(state(answer), null);
    }
    Map<Long, byte[]> found = new HashMap<>();
    List<?> bodies = (List<?>) values.getFirst();
    for (int i = 0; i < wanted.size(); i++) {
      if (bodies.get(i) instanceof byte[] body) {
        found.put(wanted.get(i), body);
      }
    }
    return new Read<>(state(answer), found);
  }

  /** Seqs in the resend windows of these messages, 0 where there is none. */
  public Read<List<Long>> windowed(
      int lane, String generation, List<Candidate> candidates, long nowMillis) {
    long today = LaneKeys.epochDay(nowMillis);
    List<byte[]> keys = new ArrayList<>();
    List<byte[]> arguments = new ArrayList<>();
    keys.add(LaneKeys.state(lane));
    arguments.add(RedisScript.bytes(generation));
    for (Candidate candidate : candidates) {
      byte[] hash = LaneKeys.hash(candidate.sendId(), candidate.clientMsgId());
      for (long day = today; day >= today - 1; day--) {
        keys.add(LaneKeys.window(lane, generation, day, candidate.conversationId()));
        arguments.add(RedisScript.bytes(1));
        arguments.add(hash);
      }
    }
    List<Object> answer = READ.run(redis, keys, arguments);
    if (!(answer.get(4) instanceof List<?> values)) {
      return new Read<>(state(answer), null);
    }
    List<Long> seqs = new ArrayList<>();
    for (int i = 0; i < candidates.size(); i++) {
      long first = RedisAnswers.number(((List<?>) values.get(i * 2)).getFirst(), 0);
      long second = RedisAnswers.number(((List<?>) values.get(i * 2 + 1)).getFirst(), 0);
      seqs.add(Math.max(first, second));
    }
    return new Read<>(state(answer), seqs);
  }

  /** Read positions of a user; conversations without one are left out. */
  public Read<Map<String, Long>> reads(
      int lane, String generation, String userId, List<String> conversations) {
    List<byte[]> keys = new ArrayList<>();
    List<byte[]> arguments = new ArrayList<>();
    keys.add(LaneKeys.state(lane));
    arguments.add(RedisScript.bytes(generation));
    for (String conversation : conversations) {
      keys.add(LaneKeys.reads(lane, generation, conversation));
      arguments.add(RedisScript.bytes(1));
      arguments.add(RedisScript.bytes(userId));
    }
    List<Object> answer = READ.run(redis, keys, arguments);
    if (!(answer.get(4) instanceof List<?> values)) {
      return new Read<>(state(answer), null);
    }
    Map<String, Long> found = new HashMap<>();
    for (int i = 0; i < values.size(); i++) {
      long seq = RedisAnswers.number(((List<?>) values.get(i)).getFirst(), 0);
      if (seq > 0) {
        found.put(conversations.get(i), seq);
      }
    }
    return new Read<>(state(answer), found);
  }

  /** Whether a message is in the resend window, or has an open ticket. */
  public Read<Boolean> known(int lane, String generation, Candidate candidate, long nowMillis) {
    byte[] hash = LaneKeys.hash(candidate.sendId(), candidate.clientMsgId());
    String conversation = candidate.conversationId();
    long today = LaneKeys.epochDay(nowMillis);
    List<Object> answer =
        READ.run(
            redis,
            List.of(
                LaneKeys.state(lane),
                LaneKeys.ticket(lane, conversation, hash),
                LaneKeys.window(lane, generation, today, conversation),
                LaneKeys.window(lane, generation, today - 1, conversation)),
            List.of(
                RedisScript.bytes(generation),
                RedisScript.bytes(0),
                RedisScript.bytes(1),
                hash,
                RedisScript.bytes(1),
                hash,
                WHETHER_OPEN));
    if (!(answer.get(4) instanceof List<?> values)) {
      return new Read<>(state(answer), null);
    }
    boolean ticket = !RedisAnswers.text(values.getFirst()).isEmpty();
    boolean windowed =
        values.stream()
            .skip(1)
            .anyMatch(seqs -> RedisAnswers.number(((List<?>) seqs).getFirst(), 0) > 0);
    return new Read<>(state(answer), ticket || windowed);
  }
}
