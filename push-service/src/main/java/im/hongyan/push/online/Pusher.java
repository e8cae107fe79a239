package im.hongyan.push.online;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.kit.platform.Platform;
import im.hongyan.proto.delivery.Push;
import im.hongyan.proto.delivery.PushedCopy;
import im.hongyan.proto.sequencing.Copy;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.proto.sequencing.SequencedRecord;
import im.hongyan.stores.kafka.Checkpoints;
import im.hongyan.stores.kafka.LaneConsumer;
import im.hongyan.stores.kafka.LaneGauges;
import im.hongyan.stores.kafka.LaneRecord;
import im.hongyan.stores.kafka.LaneRecords;
import im.hongyan.stores.lane.Bodies;
import im.hongyan.stores.lane.ClaimTrack;
import im.hongyan.stores.redis.LanePositions;
import im.hongyan.wire.error.ImException;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows the log and sends each message to the gateways once a pull can return it (SEQUENCING.md,
 * Following). Lives in its consumer's thread.
 */
public final class Pusher implements LaneConsumer.Handler, AutoCloseable {
  /** The consumer group of im-sequenced. */
  public static final String GROUP = "hongyan-push";

  private static final Logger LOG = LoggerFactory.getLogger(Pusher.class);
  private static final int MAX_PENDING = 5_000;

  /** So long may a record wait before Redis is asked rather than listened to. */
  private static final long ASK_AFTER_NANOS = 20_000_000;

  private final GatewayRouter router;
  private final LanePositions positions;
  private final Checkpoints checkpoints;
  private final InstantSource clock;
  private final LaneGauges gauges;
  private final Map<Integer, Standing> lanes = new HashMap<>();

  private record Pending(long offset, InboundRecord message) {}

  private static final class Standing {
    final ClaimTrack claims;
    final Deque<Pending> pending = new ArrayDeque<>();
    long handled;
    long read;
    long heardNanos = System.nanoTime();

    Standing(FollowerPosition position) {
      claims = ClaimTrack.of(position);
      handled = position.getOffset();
      read = handled;
    }

    /** Everything up to here was pushed or needs no push. */
    long reached() {
      return pending.isEmpty() ? Math.max(handled, read) : handled;
    }
  }

  /** Creates a pusher. */
  public Pusher(
      LanePositions positions, Checkpoints checkpoints, Presence presence, Platform platform) {
    this.positions = positions;
    this.checkpoints = checkpoints;
    router = new GatewayRouter(presence, platform.locator(), platform.meters());
    clock = platform.clock();
    gauges = new LaneGauges(platform.meters(), "push");
  }

  @Override
  public long start(int lane) {
    FollowerPosition position = decode(checkpoints.read(lane).metadata());
    lanes.put(lane, new Standing(position));
    return ClaimTrack.newestStart(position);
  }

  @Override
  public void stop(int lane) {
    lanes.remove(lane);
    gauges.remove(lane);
  }

  @Override
  public boolean wants(int lane) {
    Standing standing = lanes.get(lane);
    return standing != null && standing.pending.size() < MAX_PENDING;
  }

  @Override
  public void handle(int lane, List<LaneRecord> records) {
    Standing standing = lanes.get(lane);
    if (standing == null) {
      return;
    }
    standing.read = Math.max(standing.read, records.getLast().offset());
    for (LaneRecord raw : records) {
      try {
        SequencedRecord record = LaneRecords.decode(raw.value(), SequencedRecord.parser());
        if (standing.claims.take(raw.offset(), raw.appendedAtMillis(), record)
            && raw.offset() > standing.handled) {
          standing.pending.addLast(new Pending(raw.offset(), record.getMessage()));
        }
      } catch (InvalidProtocolBufferException e) {
        LOG.error("record {} of im-sequenced is foreign and is passed over", raw.offset());
      }
    }
  }

  @Override
  public boolean hurries() {
    return lanes.values().stream().anyMatch(standing -> !standing.pending.isEmpty());
  }

  @Override
  public Set<Integer> finish() {
    router.refresh();
    List<Push> visible = new ArrayList<>();
    lanes.forEach((lane, standing) -> {
      try {
        takeVisible(lane, standing, visible);
      } catch (ImException away) {
        LOG.debug("lane {} waits: {}", lane, away.getMessage());
      }
      gauges.set(lane, standing.reached());
    });
    router.send(visible);
    return Set.of();
  }

  /** Takes what is visible; a lane that waits holds up no other. */
  private void takeVisible(int lane, Standing standing, List<Push> visible) {
    boolean some = false;
    while (!standing.pending.isEmpty()
        && standing.pending.getFirst().offset() <= positions.heard(lane)) {
      Pending next = standing.pending.removeFirst();
      visible.add(push(lane, next));
      standing.handled = next.offset();
      some = true;
    }
    long now = System.nanoTime();
    if (some || standing.pending.isEmpty()) {
      standing.heardNanos = now;
    } else if (now - standing.heardNanos > ASK_AFTER_NANOS) {
      standing.heardNanos = now;
      positions.ask(lane);
    }
  }

  private static Push push(int lane, Pending pending) {
    InboundRecord message = pending.message();
    Push.Builder push =
        Push.newBuilder()
            .setLane(lane)
            .setOffset(pending.offset())
            .setOperationId(message.getOperationId())
            .addAllRecipients(message.getRecipientsList());
    for (Copy copy : message.getCopiesList()) {
      push.addCopies(
          PushedCopy.newBuilder()
              .setConversationId(copy.getConversationId())
              .setSeq(copy.getSeq())
              .setMessage(ByteString.copyFrom(Bodies.withSeq(copy.getMessage(), copy.getSeq()))));
    }
    return push.build();
  }

  @Override
  public Map<Integer, Checkpoints.Checkpoint> checkpoints() {
    Map<Integer, Checkpoints.Checkpoint> standings = new HashMap<>();
    lanes.forEach((lane, standing) -> {
      long reached = standing.reached();
      if (reached >= 0) {
        String detail = encode(standing.claims.position(reached, clock.millis()));
        standings.put(lane, new Checkpoints.Checkpoint(reached + 1, detail));
      }
    });
    return standings;
  }

  private static String encode(FollowerPosition position) {
    return Base64.getEncoder().encodeToString(position.toByteArray());
  }

  private static FollowerPosition decode(String metadata) {
    FollowerPosition start = FollowerPosition.newBuilder().setOffset(-1).build();
    if (metadata.isEmpty()) {
      return start;
    }
    try {
      return FollowerPosition.parseFrom(Base64.getDecoder().decode(metadata));
    } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
      return start;
    }
  }

  /** Ends the streams to the gateways; after its consumer. */
  @Override
  public void close() {
    router.close();
  }
}
