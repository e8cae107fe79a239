package im.hongyan.transfer.retention;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.messagelog.kafka.Checkpoints;
import im.hongyan.messagelog.kafka.ConsumerGroups;
import im.hongyan.messagelog.kafka.Topics;
import im.hongyan.messagelog.lane.ClaimTrack;
import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.messagelog.lane.InboxStore;
import im.hongyan.messagelog.lane.PositionMetadata;
import java.util.stream.LongStream;

/**
 * The followers' positions as stores and Kafka hold them. Safe for use by several threads; its
 * creator closes it.
 */
public final class StoredPositions implements LogRetention.Followers, AutoCloseable {
  private final HistoryStore history;
  private final InboxStore inbox;
  private final Checkpoints sequencer;
  private final Checkpoints push;
  private final Checkpoints offline;

  public StoredPositions(KafkaConfig kafka, HistoryStore history, InboxStore inbox) {
    this.history = history;
    this.inbox = inbox;
    sequencer = new Checkpoints(kafka, ConsumerGroups.SEQUENCER, Topics.INBOUND);
    push = new Checkpoints(kafka, ConsumerGroups.PUSH, Topics.SEQUENCED);
    offline = new Checkpoints(kafka, ConsumerGroups.OFFLINE, Topics.OFFLINE_PUSH);
  }

  @Override
  public long firstNeeded(String topic, int lane) {
    return switch (topic) {
      case Topics.INBOUND -> sequencer.read(lane).offset();
      case Topics.OFFLINE_PUSH -> offline.read(lane).offset();
      default -> firstSequenced(lane);
    };
  }

  /** Each starts at its oldest claim at the earliest. */
  private long firstSequenced(int lane) {
    return LongStream.of(
            ClaimTrack.oldestStart(history.position(lane)),
            ClaimTrack.oldestStart(inbox.position(lane)),
            ClaimTrack.oldestStart(PositionMetadata.decode(sequencer.read(lane).metadata())),
            ClaimTrack.oldestStart(PositionMetadata.decode(push.read(lane).metadata())))
        .min()
        .orElse(0);
  }

  @Override
  public long historyAt(int lane) {
    return history.position(lane).getOffset();
  }

  @Override
  public void close() {
    sequencer.close();
    push.close();
    offline.close();
  }
}
