package im.hongyan.transfer.follower;

import im.hongyan.messagelog.kafka.LaneConsumer;
import im.hongyan.messagelog.kafka.LaneGauges;
import im.hongyan.messagelog.kafka.LaneStart;
import im.hongyan.messagelog.lane.Bodies;
import im.hongyan.messagelog.lane.ClaimTrack;
import im.hongyan.messagelog.lane.InboxStore;
import im.hongyan.messagelog.lane.LaneRecord;
import im.hongyan.proto.sequencing.Copy;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.proto.sequencing.Mutation;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes every message to the inbox. Begins minutes before where it stood, since a store may have
 * lost its last writes; writing again changes nothing. Lives in its consumer's thread.
 */
public final class InboxWriter implements LaneConsumer.Handler {
  private final InboxStore store;
  private final InstantSource clock;
  private final LaneGauges gauges;
  private final Counter inserted;
  private final Counter failed;
  private final Map<Integer, LaneProgress> lanes = new HashMap<>();

  /** How far a lane was written before it is written again. */
  private record LaneProgress(ClaimTrack claims, long before) {}

  /**
   * Creates a writer, which counts by the names of existing dashboards (errors-config-ops.md 7).
   */
  public InboxWriter(
      InboxStore store, InstantSource clock, LaneGauges gauges, MeterRegistry meters) {
    this.store = store;
    this.clock = clock;
    this.gauges = gauges;
    inserted = meters.counter("msg_insert_mongo_success");
    failed = meters.counter("msg_insert_mongo_failed");
  }

  @Override
  public LaneStart start(int lane, long begin) {
    FollowerPosition position = store.position(lane);
    // The claims are met again on the way, and count as new: so do the messages between them.
    ClaimTrack claims = ClaimTrack.from(begin, List.of(position));
    lanes.put(lane, new LaneProgress(claims, position.getOffset()));
    // What is gone is in history, where readers look next.
    return new LaneStart(ClaimTrack.oldestStart(position), position.getOffset(), true);
  }

  @Override
  public void stop(int lane) {
    lanes.remove(lane);
    gauges.remove(lane);
  }

  @Override
  public void handle(int lane, List<LaneRecord> records) {
    LaneProgress progress = lanes.get(lane);
    if (progress == null) {
      return;
    }
    SequencedBatch batch = SequencedBatch.of(progress.claims(), records, -1);
    List<InboxStore.Entry> entries = new ArrayList<>();
    for (var message : batch.messages()) {
      for (Copy copy : message.getCopiesList()) {
        if (copy.getSeq() > 0) {
          entries.add(
              new InboxStore.Entry(
                  copy.getConversationId(),
                  copy.getSeq(),
                  Bodies.withSeq(copy.getMessage(), copy.getSeq())));
        }
      }
    }
    if (!entries.isEmpty()) {
      put(entries);
    }
    // After the messages of the batch, since one of them may be among them.
    erased(batch).forEach(store::remove);
    // It never goes back: the log may have been cut behind it.
    if (batch.lastOffset() >= progress.before()) {
      store.setPosition(lane, progress.claims().position(batch.lastOffset(), clock.millis()));
    }
    gauges.set(lane, batch.lastOffset());
  }

  private void put(List<InboxStore.Entry> entries) {
    try {
      store.put(entries, clock.instant());
      inserted.increment(entries.size());
    } catch (RuntimeException e) {
      failed.increment(entries.size());
      throw e;
    }
  }

  /** What was deleted for everybody, by conversation. */
  private static Map<String, Set<Long>> erased(SequencedBatch batch) {
    Map<String, Set<Long>> erased = new LinkedHashMap<>();
    for (InboundRecord record : batch.messages()) {
      Mutation mutation = record.getMutation();
      if (mutation.hasDeletion() && mutation.getDeletion().getUserId().isEmpty()) {
        erased
            .computeIfAbsent(mutation.getConversationId(), id -> new LinkedHashSet<>())
            .addAll(mutation.getDeletion().getSeqsList());
      }
    }
    return erased;
  }
}
