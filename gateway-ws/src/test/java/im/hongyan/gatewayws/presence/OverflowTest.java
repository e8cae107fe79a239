package im.hongyan.gatewayws.presence;

import static im.hongyan.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import im.hongyan.gatewayws.connection.ClientConnection;
import im.hongyan.gatewayws.connection.ConnectionRegistry;
import im.hongyan.gatewayws.connection.FrameEncoding;
import im.hongyan.gatewayws.fixture.Loops;
import im.hongyan.gatewayws.metrics.GatewayMeters;
import im.hongyan.proto.sdkws.SubUserOnlineStatus;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.Platform;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * Proves that changes of presence and of status which a store does not take in time are bounded,
 * and that none is lost: what did not fit is found by writing, or asking for, everything.
 */
class OverflowTest {
  private static final int MANY = 60_000;
  private static final int MOST = 50_000;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final CountDownLatch storeAsked = new CountDownLatch(1);
  private final CountDownLatch storeAnswers = new CountDownLatch(1);

  private void await() {
    storeAsked.countDown();
    try {
      storeAnswers.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private final class SlowTable implements PresenceTable {
    final AtomicInteger writtenAnew = new AtomicInteger();

    @Override
    public boolean write(Map<String, Set<Integer>> changes) {
      await();
      return true;
    }

    @Override
    public boolean renew() {
      return true;
    }

    @Override
    public void writeAll(Map<String, Set<Integer>> everyone) {
      writtenAnew.incrementAndGet();
    }

    @Override
    public void leave() {}
  }

  @Test
  void whatDoesNotFitIsWrittenWithEverything() {
    SlowTable table = new SlowTable();
    try (PresencePublisher publisher =
        new PresencePublisher(table, new ConnectionRegistry(meters), meters)) {
      eventually(() -> assertThat(publisher.complete()).isTrue());
      for (int i = 0; i < MANY; i++) {
        publisher.changed("user" + i);
      }
      assertThat(meters.get("presence_changes_waiting").gauge().value()).isLessThanOrEqualTo(MOST);
      assertThatThrownBy(() -> publisher.publish("late", Duration.ofDays(1)))
          .isInstanceOfSatisfying(
              ImException.class,
              refused -> assertThat(refused.code()).isEqualTo(ImError.INTERNAL.code()));
      assertThat(table.writtenAnew.get()).isEqualTo(1);
      storeAnswers.countDown();
      eventually(() -> assertThat(table.writtenAnew.get()).isEqualTo(2));
      publisher.publish("later", Duration.ofDays(1));
      assertThat(publisher.complete()).isTrue();
    }
  }

  private ClientConnection connection(EmbeddedChannel channel, String user) {
    return new ClientConnection(
        new ClientConnection.Identity(
            user, user, Platform.WEB, FrameEncoding.of(false, false), ByteString.EMPTY, 1, null),
        channel,
        Loops.roomy(channel.eventLoop(), 1_000),
        new GatewayMeters(meters));
  }

  @Test
  void statusEventsThatDoNotFitAreMadeUpFor() throws InterruptedException {
    OnlineStatus slow =
        users -> {
          await();
          return new OnlineStatus.Known(
              Map.of("peer", new TreeSet<>(Set.of(Platform.WEB.number()))), true);
        };
    Subscriptions subscriptions = new Subscriptions(new Subscriptions.Most(10, 10, 10), meters);
    EmbeddedChannel channel = new EmbeddedChannel();
    ClientConnection follower = connection(channel, "follower");
    AtomicInteger replies = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    SubUserOnlineStatus peer = SubUserOnlineStatus.newBuilder().addSubscribeUserID("peer").build();
    try (OnlineStatusSubscriptions watch =
        new OnlineStatusSubscriptions(slow, subscriptions, Duration.ofSeconds(1), meters)) {
      watch.subscribe(
          follower,
          peer,
          tips -> replies.incrementAndGet(),
          refusal -> refused.set(refusal.code()));
      storeAsked.await();
      for (int i = 0; i < MANY; i++) {
        watch.changed(List.of("somebody" + i));
      }
      assertThat(meters.get("ws_status_events").gauge().value()).isLessThanOrEqualTo(MOST);
      watch.subscribe(
          follower,
          peer,
          tips -> replies.incrementAndGet(),
          refusal -> refused.set(refusal.code()));
      assertThat(refused.get()).isEqualTo(ImError.TOO_MANY_REQUESTS.code());
      channel.close();
      watch.removed(follower, true);
      storeAnswers.countDown();
      eventually(() -> assertThat(replies.get()).isEqualTo(1));
      // Its end did not fit into the queue; it is found all the same.
      eventually(() ->
          assertThat(meters.get("budget_bytes").tag("budget", "ws_subscriptions").gauge().value())
              .isZero());
    }
  }
}
