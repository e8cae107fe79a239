package im.hongyan.msg.storage;

import im.hongyan.drivers.redis.Redis;
import im.hongyan.msg.status.SendStatusStore;
import io.lettuce.core.SetArgs;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** Send status in Redis, at {@code sendstatus:OPERATION}. */
public final class RedisSendStatusStore implements SendStatusStore {
  private static final Duration KEPT = Duration.ofHours(24);

  private final Redis redis;

  public RedisSendStatusStore(Redis redis) {
    this.redis = redis;
  }

  private static byte[] key(String operationId) {
    return ("sendstatus:" + operationId).getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void set(String operationId, int status) {
    byte[] value = Integer.toString(status).getBytes(StandardCharsets.US_ASCII);
    Redis.await(redis.commands().set(key(operationId), value, SetArgs.Builder.ex(KEPT)));
  }

  @Override
  public int get(String operationId) {
    byte[] value = Redis.await(redis.commands().get(key(operationId)));
    return value == null ? 0 : Integer.parseInt(new String(value, StandardCharsets.US_ASCII));
  }
}
