package im.hongyan.presence;

import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.drivers.redis.Redis;
import im.hongyan.proto.presence.PresenceChange;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A subscription to the changes of presence. The connection's thread only queues what comes, one
 * virtual thread hands it on: the listener may ask Redis itself.
 */
final class PresenceListener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PresenceListener.class);
  private static final int MAX_WAITING = 1_000;
  private static final byte[] WAKE = {};

  private final StatefulRedisPubSubConnection<byte[], byte[]> connection;
  private final Consumer<PresenceChange> change;
  private final Runnable missed;
  private final BlockingQueue<byte[]> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
  private final AtomicBoolean someMissed = new AtomicBoolean();
  private final Thread thread;

  private PresenceListener(
      StatefulRedisPubSubConnection<byte[], byte[]> connection,
      Consumer<PresenceChange> change,
      Runnable missed) {
    this.connection = connection;
    this.change = change;
    this.missed = missed;
    thread = Thread.ofVirtual().name("presence-listener").unstarted(this::run);
  }

  /** Subscribes; takes over the connection. */
  static PresenceListener open(
      StatefulRedisPubSubConnection<byte[], byte[]> connection,
      Consumer<PresenceChange> change,
      Runnable missed) {
    PresenceListener listener = new PresenceListener(connection, change, missed);
    listener.thread.start();
    connection.addListener(
        new RedisPubSubAdapter<>() {
          @Override
          public void subscribed(byte[] channel, long count) {
            listener.miss();
          }

          @Override
          public void message(byte[] channel, byte[] payload) {
            listener.take(payload);
          }
        });
    try {
      Redis.await(connection.async().subscribe(PresenceKeys.CHANNEL));
    } catch (RuntimeException e) {
      listener.close();
      throw e;
    }
    return listener;
  }

  /** Queues what the connection brought. */
  void take(byte[] payload) {
    if (!waiting.offer(payload)) {
      someMissed.set(true);
    }
  }

  private void miss() {
    someMissed.set(true);
    // Where the queue is full, what is in it wakes the thread.
    waiting.offer(WAKE);
  }

  private void run() {
    try {
      while (true) {
        byte[] payload = waiting.take();
        try {
          handOn(payload);
        } catch (InvalidProtocolBufferException | RuntimeException e) {
          LOG.error("a change of presence was not handled", e);
        }
      }
    } catch (InterruptedException e) {
      // closed
    }
  }

  private void handOn(byte[] payload) throws InvalidProtocolBufferException {
    if (someMissed.getAndSet(false)) {
      missed.run();
    }
    if (payload.length > 0) {
      change.accept(PresenceKeys.change(payload));
    }
  }

  @Override
  public void close() {
    connection.close();
    thread.interrupt();
  }
}
