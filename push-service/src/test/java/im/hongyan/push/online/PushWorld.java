package im.hongyan.push.online;

import com.google.protobuf.ByteString;
import im.hongyan.kit.lifecycle.Lifecycle;
import im.hongyan.kit.service.Readiness;
import im.hongyan.kit.service.ServiceContext;
import im.hongyan.messagelog.kafka.LaneRecords;
import im.hongyan.messagelog.lane.LaneRecord;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.Claim;
import im.hongyan.proto.sequencing.Copy;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.proto.sequencing.SequencedRecord;
import im.hongyan.relationclient.FakeGroups;
import im.hongyan.relationclient.GroupViewCache;
import im.hongyan.webhooks.PushHooks;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A pusher between a log that a test writes, gateways within the JVM and groups in memory. */
final class PushWorld implements AutoCloseable {
  static final long NOW_MILLIS = 1_700_000_000_000L;

  final Gateways gateways = new Gateways();
  final FakeGroups groups = new FakeGroups();
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final List<OfflineHandOff.DeliveryResult> handed = new CopyOnWriteArrayList<>();

  /** Hand-offs that are not acknowledged yet, while {@link #handOffWaits}. */
  final List<CompletableFuture<?>> open = new CopyOnWriteArrayList<>();

  boolean handOffWaits;
  private final Map<Integer, Long> ends = new HashMap<>();
  private final Map<Integer, Long> visible = new ConcurrentHashMap<>();
  private final Map<Integer, String> metadata = new HashMap<>();
  private final Map<Integer, List<LaneRecord>> log = new HashMap<>();
  private PushHooks hooks = PushHooks.NONE;
  private Pusher.Timeouts timeouts =
      new Pusher.Timeouts(Duration.ofSeconds(60), Duration.ofSeconds(60));
  private Pusher pusher;

  PushWorld() {
    pusher = create();
  }

  private Pusher create() {
    GroupViewCache cache = new GroupViewCache(groups::channel, 1_000_000);
    Pusher.Visible seen =
        new Pusher.Visible() {
          @Override
          public long known(int lane) {
            return visible.getOrDefault(lane, -1L);
          }

          @Override
          public void ask(int lane) {
            // nothing else is published
          }
        };
    return new Pusher(
        new Pusher.Dependencies(
            seen,
            lane -> metadata.getOrDefault(lane, ""),
            gateways,
            cache::current,
            hooks,
            this::hand,
            timeouts),
        new ServiceContext(
            "push",
            () -> Instant.ofEpochMilli(NOW_MILLIS),
            meters,
            gateways,
            new Lifecycle(),
            new Readiness()));
  }

  private CompletableFuture<?> hand(OfflineHandOff.DeliveryResult result) {
    handed.add(result);
    CompletableFuture<Void> safe = new CompletableFuture<>();
    if (!handOffWaits) {
      safe.complete(null);
    }
    open.add(safe);
    return safe;
  }

  /** Another process takes all lanes over, with these hooks, at what was committed. */
  PushWorld restart(PushHooks newHooks, Pusher.Timeouts newTimeouts) {
    commit();
    pusher.close();
    hooks = newHooks;
    timeouts = newTimeouts;
    pusher = create();
    log.forEach((lane, records) -> {
      long from = pusher.start(lane, 0).from();
      pusher.handle(lane, records.stream().filter(record -> record.offset() >= from).toList());
    });
    return this;
  }

  PushWorld with(PushHooks newHooks) {
    return restart(newHooks, timeouts);
  }

  PushWorld with(Pusher.Timeouts newTimeouts) {
    return restart(hooks, newTimeouts);
  }

  /** What a lane's checkpoint says: the offset to go on at. */
  long committed(int lane) {
    commit();
    var checkpoint = pusher.checkpoints().get(lane);
    return checkpoint == null ? 0 : checkpoint.offset();
  }

  private void commit() {
    pusher.checkpoints().forEach((lane, checkpoint) -> metadata.put(lane, checkpoint.metadata()));
  }

  /** One turn of the consumer. */
  void turn() {
    var _ = pusher.finish();
  }

  /** Whether everything that is visible was given to the streams. */
  boolean idle() {
    return !pusher.hasPendingWork();
  }

  /** A message whose sender is sam. */
  static InboundRecord message(String conversationId, MsgData.Builder message, String... users) {
    return InboundRecord.newBuilder()
        .setSendId("sam")
        .setClientMsgId("c")
        .setOperationId("op")
        .setSendTimeMillis(NOW_MILLIS)
        .addAllRecipients(List.of(users))
        .addCopies(
            Copy.newBuilder()
                .setConversationId(conversationId)
                .setStored(true)
                .setSeq(7)
                .setMessage(message.setSendID("sam").build().toByteString()))
        .build();
  }

  static InboundRecord single(String text, String... users) {
    return message(
        "si_bob_sam",
        MsgData.newBuilder().setSessionType(1).setContent(ByteString.copyFromUtf8(text)),
        users);
  }

  static InboundRecord group(String groupId, String text, String... others) {
    return message(
            "sg_" + groupId,
            MsgData.newBuilder()
                .setSessionType(3)
                .setGroupID(groupId)
                .setContent(ByteString.copyFromUtf8(text)),
            others)
        .toBuilder()
        .setRecipientGroupId(groupId)
        .build();
  }

  /** Appends messages to a lane and lets them be seen; the offset of the last. */
  long append(int lane, InboundRecord... messages) {
    List<LaneRecord> records = new ArrayList<>();
    if (!ends.containsKey(lane)) {
      var _ = pusher.start(lane, 0);
      Claim claim = Claim.newBuilder().setOwner("o").build();
      records.add(record(lane, SequencedRecord.newBuilder().setClaim(claim)));
    }
    for (InboundRecord message : messages) {
      records.add(record(lane, SequencedRecord.newBuilder().setMessage(message)));
    }
    log.computeIfAbsent(lane, id -> new ArrayList<>()).addAll(records);
    pusher.handle(lane, records);
    visible.put(lane, ends.getOrDefault(lane, 0L) - 1);
    return ends.getOrDefault(lane, 0L) - 1;
  }

  private LaneRecord record(int lane, SequencedRecord.Builder record) {
    long offset = ends.getOrDefault(lane, 0L);
    ends.put(lane, offset + 1);
    return new LaneRecord(offset, NOW_MILLIS, LaneRecords.encode(record.build()));
  }

  @Override
  public void close() {
    pusher.close();
    gateways.close();
    groups.close();
  }
}
