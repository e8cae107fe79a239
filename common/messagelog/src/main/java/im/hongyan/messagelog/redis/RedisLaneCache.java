package im.hongyan.messagelog.redis;

import im.hongyan.drivers.redis.Redis;
import im.hongyan.drivers.redis.RedisAnswers;
import im.hongyan.drivers.redis.RedisScript;
import im.hongyan.messagelog.lane.LaneBatch;
import im.hongyan.messagelog.lane.LaneCache;
import im.hongyan.messagelog.lane.LaneState;
import im.hongyan.wire.error.StoreUnavailableException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** {@link LaneCache} as its store holds it. Safe for use by several threads. */
public final class RedisLaneCache implements LaneCache {
  private static final RedisScript ADMIT = new RedisScript("admit.lua");

  private static final RedisScript APPLY = new RedisScript("apply.lua");

  private static final RedisScript READ = new RedisScript("read.lua");

  private static final RedisScript PUBLISH = new RedisScript("publish.lua");

  private static final RedisScript OPEN = new RedisScript("open.lua");

  private static final byte[] NOTHING = {};

  private static final byte[] WHETHER_OPEN = RedisScript.bytes("open");

  private final Redis redis;

  /** Uses the connection; its owner closes it. */
  public RedisLaneCache(Redis redis) {
    this.redis = redis;
  }

  @Override
  public LaneState state(int lane) {
    return state(look(lane));
  }

  @Override
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

  @Override
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

  @Override
  public boolean apply(
      int lane, LaneState expected, long newPosition, LaneBatch batch, boolean trim) {
    return apply(LaneKeys.state(lane), lane, expected, newPosition, batch, trim);
  }

  @Override
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
      throw new StoreUnavailableException("loading lane " + lane + " into Redis was disturbed");
    }
  }

  /** The position of a staging state is how much was loaded; below every true position. */
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

  @Override
  public String newGeneration() {
    return UUID.randomUUID().toString().substring(0, 8);
  }

  @Override
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

  @Override
  public long lastInbound(int lane) {
    return RedisAnswers.number(
        Redis.await(redis.commands().hget(LaneKeys.state(lane), LaneKeys.INBOUND)), -1);
  }

  @Override
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

  @Override
  public void close(int lane) {
    Redis.await(redis.commands().hdel(LaneKeys.state(lane), LaneKeys.OPEN));
  }

  @Override
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

  /** A conversation's last message as its key holds it; null where there is none. */
  static @Nullable Top top(@Nullable Object value) {
    String[] top = RedisAnswers.text(value).split(",", -1);
    return top.length == 2 ? new Top(Long.parseLong(top[0]), Long.parseLong(top[1])) : null;
  }

  @Override
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

  @Override
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

  @Override
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
