package im.hongyan.messagelog.redis;

import im.hongyan.drivers.redis.Redis;
import im.hongyan.messagelog.lane.LaneCache;
import im.hongyan.messagelog.lane.LaneNews;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.Stream;

/**
 * Follows how far each lane is visible, as the sequencer publishes it, and asks where nothing was
 * published. Safe for use by several threads; its creator closes it.
 */
public final class LanePositions implements LaneNews, AutoCloseable {
  private final LaneCache cache;
  private final AtomicLongArray published;
  private final List<News> news;
  private final StatefulRedisPubSubConnection<byte[], byte[]> connection;

  /** The news of a lane; guarded by itself. */
  private static final class News {
    long count;
    int waiting;
  }

  /** Subscribes to all lanes. */
  public LanePositions(Redis redis, int lanes) {
    cache = new RedisLaneCache(redis);
    published = new AtomicLongArray(lanes);
    for (int lane = 0; lane < lanes; lane++) {
      published.set(lane, -1);
    }
    news = Stream.generate(News::new).limit(lanes).toList();
    connection = redis.subscriptions();
    connection.addListener(
        new RedisPubSubAdapter<>() {
          @Override
          public void message(byte[] channel, byte[] message) {
            String name = new String(channel, StandardCharsets.US_ASCII);
            int lane = Integer.parseInt(name, name.indexOf(':') + 1, name.length(), 10);
            published(lane, Long.parseLong(new String(message, StandardCharsets.US_ASCII)));
            notifyWaiting(lane);
          }
        });
    byte[][] channels = new byte[lanes][];
    for (int lane = 0; lane < lanes; lane++) {
      channels[lane] = LaneKeys.channel(lane);
    }
    connection.async().subscribe(channels);
  }

  private void notifyWaiting(int lane) {
    if (lane < news.size()) {
      News ofLane = news.get(lane);
      synchronized (ofLane) {
        ofLane.count++;
        if (ofLane.waiting > 0) {
          ofLane.notifyAll();
        }
      }
    }
  }

  @Override
  public long count(int lane) {
    News ofLane = news.get(lane);
    synchronized (ofLane) {
      return ofLane.count;
    }
  }

  @Override
  public void await(int lane, long seen, Duration most) throws InterruptedException {
    News ofLane = news.get(lane);
    long until = System.nanoTime() + most.toNanos();
    synchronized (ofLane) {
      ofLane.waiting++;
      try {
        for (long left = most.toMillis();
            ofLane.count == seen && left > 0;
            left = (until - System.nanoTime()) / 1_000_000) {
          ofLane.wait(left);
        }
      } finally {
        ofLane.waiting--;
      }
    }
  }

  private void published(int lane, long position) {
    if (lane < published.length()) {
      published.accumulateAndGet(lane, position, Math::max);
    }
  }

  /** How far a lane is visible, as far as was published. */
  public long known(int lane) {
    return published.get(lane);
  }

  /**
   * Asks Redis how far a lane is visible, for what was lost on the way here.
   *
   * @throws im.hongyan.wire.error.ImException 500 when Redis does not answer
   */
  public void ask(int lane) {
    published(lane, cache.state(lane).position());
  }

  @Override
  public void close() {
    connection.close();
  }
}
