package im.hongyan.messagelog.redis;

import im.hongyan.drivers.redis.Redis;
import im.hongyan.drivers.redis.RedisAnswers;
import im.hongyan.drivers.redis.RedisScript;
import im.hongyan.messagelog.lane.LaneCache.Read;
import im.hongyan.messagelog.lane.LaneState;
import im.hongyan.messagelog.lane.LaneViews;
import im.hongyan.messagelog.lane.MessageMarks;
import im.hongyan.messagelog.lane.UserWindow;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@link LaneViews} as its store holds it. Safe for use by several threads. */
public final class RedisLaneViews implements LaneViews {
  private static final RedisScript READ = new RedisScript("read.lua");

  private final Redis redis;

  /** Uses the connection; its owner closes it. */
  public RedisLaneViews(Redis redis) {
    this.redis = redis;
  }

  @Override
  public Read<Map<String, ConversationState>> states(
      int lane, String generation, String userId, List<String> conversations) {
    List<byte[]> keys = new ArrayList<>(1 + 3 * conversations.size());
    List<byte[]> arguments = new ArrayList<>();
    keys.add(LaneKeys.state(lane));
    arguments.add(RedisScript.bytes(generation));
    List<byte[]> fields = Overlay.windowFields(userId);
    for (String conversation : conversations) {
      keys.add(LaneKeys.seq(lane, generation, conversation));
      arguments.add(RedisScript.bytes(0));
      keys.add(LaneKeys.reads(lane, generation, conversation));
      arguments.add(RedisScript.bytes(1));
      arguments.add(RedisScript.bytes(userId));
      keys.add(LaneKeys.overlay(lane, generation, conversation));
      arguments.add(RedisScript.bytes(fields.size()));
      arguments.addAll(fields);
    }
    List<Object> answer = READ.run(redis, keys, arguments);
    LaneState state = RedisLaneCache.state(answer);
    if (!(answer.get(4) instanceof List<?> values)) {
      return new Read<>(state, null);
    }
    Map<String, ConversationState> states = new HashMap<>();
    for (int i = 0; i < conversations.size(); i++) {
      long read = RedisAnswers.number(((List<?>) values.get(3 * i + 1)).getFirst(), 0);
      UserWindow window = Overlay.window((List<?>) values.get(3 * i + 2), read);
      states.put(
          conversations.get(i),
          new ConversationState(RedisLaneCache.top(values.get(3 * i)), window));
    }
    return new Read<>(state, states);
  }

  @Override
  public Read<Map<String, UserWindow>> windows(
      int lane, String generation, String conversation, List<String> userIds) {
    List<byte[]> arguments = new ArrayList<>();
    arguments.add(RedisScript.bytes(generation));
    arguments.add(RedisScript.bytes(userIds.size()));
    userIds.forEach(user -> arguments.add(RedisScript.bytes(user)));
    arguments.add(RedisScript.bytes((long) userIds.size() * Overlay.WINDOW_FIELDS));
    userIds.forEach(user -> arguments.addAll(Overlay.windowFields(user)));
    List<Object> answer =
        READ.run(
            redis,
            List.of(
                LaneKeys.state(lane),
                LaneKeys.reads(lane, generation, conversation),
                LaneKeys.overlay(lane, generation, conversation)),
            arguments);
    LaneState state = RedisLaneCache.state(answer);
    if (!(answer.get(4) instanceof List<?> values)) {
      return new Read<>(state, null);
    }
    Map<String, UserWindow> windows = new HashMap<>();
    List<?> reads = (List<?>) values.getFirst();
    List<?> overlay = (List<?>) values.getLast();
    for (int i = 0; i < userIds.size(); i++) {
      int at = i * Overlay.WINDOW_FIELDS;
      windows.put(
          userIds.get(i),
          Overlay.window(
              overlay.subList(at, at + Overlay.WINDOW_FIELDS),
              RedisAnswers.number(reads.get(i), 0)));
    }
    return new Read<>(state, windows);
  }

  @Override
  public Read<Page> page(
      int lane, String generation, String userId, String conversation, Collection<Long> seqs) {
    List<Long> wanted = List.copyOf(seqs);
    List<byte[]> arguments = new ArrayList<>();
    arguments.add(RedisScript.bytes(generation));
    arguments.add(RedisScript.bytes(wanted.size()));
    wanted.forEach(seq -> arguments.add(RedisScript.bytes(seq)));
    arguments.add(RedisScript.bytes((long) wanted.size() * Overlay.MESSAGE_FIELDS));
    wanted.forEach(seq -> arguments.addAll(Overlay.messageFields(userId, seq)));
    List<Object> answer =
        READ.run(
            redis,
            List.of(
                LaneKeys.state(lane),
                LaneKeys.cache(lane, generation, conversation),
                LaneKeys.overlay(lane, generation, conversation)),
            arguments);
    LaneState state = RedisLaneCache.state(answer);
    if (!(answer.get(4) instanceof List<?> values)) {
      return new Read<>(state, null);
    }
    Map<Long, byte[]> bodies = new HashMap<>();
    Map<Long, MessageMarks> marks = new HashMap<>();
    List<?> cached = (List<?>) values.getFirst();
    List<?> overlay = (List<?>) values.getLast();
    for (int i = 0; i < wanted.size(); i++) {
      if (cached.get(i) instanceof byte[] body) {
        bodies.put(wanted.get(i), body);
      }
      int at = i * Overlay.MESSAGE_FIELDS;
      MessageMarks mark = Overlay.marks(overlay.subList(at, at + Overlay.MESSAGE_FIELDS));
      if (!mark.none()) {
        marks.put(wanted.get(i), mark);
      }
    }
    return new Read<>(state, new Page(bodies, marks));
  }
}
