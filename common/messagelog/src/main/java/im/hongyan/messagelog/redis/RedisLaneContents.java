package im.hongyan.messagelog.redis;

import im.hongyan.drivers.redis.Redis;
import im.hongyan.drivers.redis.RedisAnswers;
import im.hongyan.messagelog.lane.HistoryStore.ReadMark;
import im.hongyan.messagelog.lane.LaneCache.Top;
import im.hongyan.messagelog.lane.LaneContents;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.wire.id.ConversationId;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.KeyValue;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** {@link LaneContents} as its store holds them. Safe for use by several threads. */
public final class RedisLaneContents implements LaneContents {
  private static final int KEYS_A_STEP = 1_000;

  private final Redis redis;

  /** Uses the connection; its owner closes it. */
  public RedisLaneContents(Redis redis) {
    this.redis = redis;
  }

  @Override
  public Map<String, Top> tops(int lane, String generation) {
    byte[] prefix = LaneKeys.seq(lane, generation, "");
    Map<String, Top> tops = new HashMap<>();
    scan(
        prefix,
        keys -> {
          List<KeyValue<byte[], byte[]>> values =
              Redis.await(redis.commands().mget(keys.toArray(byte[][]::new)));
          for (KeyValue<byte[], byte[]> value : values) {
            Top top = RedisLaneCache.top(value.getValueOrElse(null));
            if (top != null) {
              tops.put(conversation(prefix, value.getKey()), top);
            }
          }
        });
    return tops;
  }

  @Override
  public void reads(int lane, String generation, Consumer<List<ReadMark>> sink) {
    hashes(
        LaneKeys.reads(lane, generation, ""),
        (conversation, reads) -> {
          List<ReadMark> marks = new ArrayList<>();
          reads.forEach((user, seq) ->
              marks.add(new ReadMark(user, conversation, RedisAnswers.number(seq, 0))));
          sink.accept(marks);
        });
  }

  @Override
  public void mutations(
      int lane, String generation, long after, long before, Consumer<Mutation> sink) {
    hashes(
        LaneKeys.overlay(lane, generation, ""),
        (conversation, fields) -> {
          String twin = new ConversationId(conversation).notificationTwin().value();
          Map<String, byte[]> beside =
              twin.equals(conversation) ? Map.of() : hash(LaneKeys.overlay(lane, generation, twin));
          new OverlayMutations(conversation, fields, beside, after, before).all().forEach(sink);
        });
  }

  private void hashes(byte[] prefix, BiConsumer<String, Map<String, byte[]>> sink) {
    scan(
        prefix,
        keys -> {
          for (byte[] key : keys) {
            sink.accept(conversation(prefix, key), hash(key));
          }
        });
  }

  private Map<String, byte[]> hash(byte[] key) {
    Map<String, byte[]> fields = new HashMap<>();
    Redis.await(redis.commands().hgetall(key))
        .forEach((field, value) -> fields.put(RedisAnswers.text(field), value));
    return fields;
  }

  private void scan(byte[] prefix, Consumer<List<byte[]>> sink) {
    ScanArgs which =
        ScanArgs.Builder.limit(KEYS_A_STEP)
            .match(new String(prefix, StandardCharsets.UTF_8) + "*", StandardCharsets.UTF_8);
    ScanCursor cursor = ScanCursor.INITIAL;
    do {
      KeyScanCursor<byte[]> step = Redis.await(redis.commands().scan(cursor, which));
      if (!step.getKeys().isEmpty()) {
        sink.accept(step.getKeys());
      }
      cursor = step;
    } while (!cursor.isFinished());
  }

  private static String conversation(byte[] prefix, byte[] key) {
    return new String(key, prefix.length, key.length - prefix.length, StandardCharsets.UTF_8);
  }
}
