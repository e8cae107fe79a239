package im.hongyan.drivers.check;

import static java.nio.charset.StandardCharsets.UTF_8;

import im.hongyan.drivers.redis.Redis;
import im.hongyan.kit.config.Secret;
import im.hongyan.wire.error.ImException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.SetArgs;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Whether Redis can be used. Stateless; blocks. */
public final class RedisCheck {
  private static final Duration PROBE_LIFE = Duration.ofMinutes(1);
  private static final double FULL = 0.9;

  private RedisCheck() {}

  /** What there is to say; writes a key and deletes it, to see its user's rights. */
  public static List<Finding> check(Secret uri) {
    List<Finding> findings = new ArrayList<>();
    String place = "Redis at " + Redis.place(uri);
    try (Redis redis = Redis.open(uri)) {
      checkRights(findings, place, redis.commands());
      Map<String, String> info = info(Redis.await(redis.commands().info()));
      String version = info.getOrDefault("redis_version", "");
      Finding.requireVersion(findings, place, version, 6, 2);
      checkClock(findings, place, redis.commands());
      checkKeeping(findings, place, info);
      if (findings.isEmpty()) {
        findings.add(
            Finding.well(place, "Redis " + version + ", rights, clock and settings are well"));
      }
    } catch (ImException e) {
      findings.add(Finding.unusable(place, e));
    }
    return findings;
  }

  private static void checkRights(
      List<Finding> findings, String place, RedisAsyncCommands<byte[], byte[]> commands) {
    byte[] key = ("doctor:" + UUID.randomUUID()).getBytes(UTF_8);
    try {
      Redis.await(commands.set(key, key, SetArgs.Builder.ex(PROBE_LIFE)));
      Redis.await(
          commands.eval(
              "return redis.call('GET', KEYS[1])", ScriptOutputType.VALUE, new byte[][] {key}));
      Redis.await(commands.del(key));
    } catch (ImException e) {
      findings.add(
          new Finding(
              place,
              "its user may not write, run scripts or delete (" + e.detail() + ")",
              "ACL SETUSER with +@all ~*, and see that it is no replica"));
    }
  }

  private static void checkClock(
      List<Finding> findings, String place, RedisAsyncCommands<byte[], byte[]> commands) {
    Instant before = Instant.now();
    List<byte[]> time = Redis.await(commands.time());
    Instant after = Instant.now();
    Instant theirs =
        Instant.ofEpochSecond(
            Long.parseLong(new String(time.get(0), UTF_8)),
            Long.parseLong(new String(time.get(1), UTF_8)) * 1000);
    Finding.requireClock(findings, place, before, theirs, after);
  }

  private static void checkKeeping(List<Finding> findings, String place, Map<String, String> info) {
    String policy = info.getOrDefault("maxmemory_policy", "noeviction");
    if (!policy.equals("noeviction")) {
      findings.add(
          new Finding(
              place,
              "it evicts keys (maxmemory-policy " + policy + ")",
              "CONFIG SET maxmemory-policy noeviction, and in its file"));
    }
    if ("0".equals(info.get("aof_enabled"))) {
      findings.add(
          new Finding(
              place,
              "it forgets everything when it stops (appendonly no)",
              "CONFIG SET appendonly yes, and in its file"));
    }
    double most = Double.parseDouble(info.getOrDefault("maxmemory", "0"));
    double used = Double.parseDouble(info.getOrDefault("used_memory", "0"));
    if (most > 0 && used > most * FULL) {
      findings.add(
          new Finding(place, "more than nine tenths of maxmemory are used", "raise maxmemory"));
    }
  }

  private static Map<String, String> info(String text) {
    Map<String, String> values = new HashMap<>();
    text.lines()
        .forEach(line -> {
          int colon = line.indexOf(':');
          if (colon > 0) {
            values.put(line.substring(0, colon), line.substring(colon + 1).strip());
          }
        });
    return values;
  }
}
