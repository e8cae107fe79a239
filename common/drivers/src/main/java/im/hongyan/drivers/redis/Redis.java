package im.hongyan.drivers.redis;

import im.hongyan.kit.config.Secret;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.error.StoreUnavailableException;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Redis. Safe for use by several threads; its creator closes it. */
public final class Redis implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(3);
  private static final int MAX_WAITING = 10_000;

  private final RedisClient client;
  private final StatefulRedisConnection<byte[], byte[]> connection;

  private Redis(RedisClient client, StatefulRedisConnection<byte[], byte[]> connection) {
    this.client = client;
    this.connection = connection;
  }

  /**
   * Connects; a connection that is lost later comes back by itself, and commands fail meanwhile.
   *
   * @throws ImException 500 with one clear line when the store does not answer
   */
  public static Redis open(Secret uri) {
    RedisURI address = RedisURI.create(uri.reveal());
    address.setTimeout(TIMEOUT);
    RedisClient client = RedisClient.create(address);
    client.setOptions(
        ClientOptions.builder()
            .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
            .requestQueueSize(MAX_WAITING)
            .timeoutOptions(TimeoutOptions.enabled(TIMEOUT))
            .socketOptions(SocketOptions.builder().connectTimeout(TIMEOUT).build())
            .build());
    try {
      return new Redis(client, client.connect(ByteArrayCodec.INSTANCE));
    } catch (RedisException e) {
      client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
      throw new StoreUnavailableException(
          "Redis at "
              + address.getHost()
              + ":"
              + address.getPort()
              + " does not answer ("
              + e.getMessage()
              + "); start it, or set redis.uri");
    }
  }

  /** Where an address leads, without its password. */
  public static String place(Secret uri) {
    RedisURI address = RedisURI.create(uri.reveal());
    return address.getHost() + ":" + address.getPort();
  }

  /** The commands, shared by all threads. */
  public RedisAsyncCommands<byte[], byte[]> commands() {
    return connection.async();
  }

  /** A connection of its own for subscriptions; the caller closes it. */
  public StatefulRedisPubSubConnection<byte[], byte[]> subscriptions() {
    return client.connectPubSub(ByteArrayCodec.INSTANCE);
  }

  /**
   * Waits for an answer.
   *
   * @throws ImException 500 when Redis does not answer or refuses
   */
  public static <T> T await(CompletionStage<T> answer) {
    try {
      return answer.toCompletableFuture().get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new StoreUnavailableException("Redis does not answer: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    connection.close();
    client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
  }
}
