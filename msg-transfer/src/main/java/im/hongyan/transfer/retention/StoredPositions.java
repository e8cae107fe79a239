package im.hongyan.transfer.retention;

import im.hongyan.messagelog.kafka.Checkpoints;
import im.hongyan.messagelog.kafka.Topics;
import im.hongyan.messagelog.lane.ClaimTrack;
import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.messagelog.lane.InboxStore;
import im.hongyan.messagelog.lane.PositionMetadata;
import im.hongyan.messagelog.search.SearchStore;
import java.util.Optional;
import java.util.stream.LongStream;

/** The followers' positions as stores and Kafka hold them. Safe for use by several threads. */
public final class StoredPositions implements LogRetention.Followers {
  private final HistoryStore history;
  private final InboxStore inbox;
  private final Optional<SearchStore> search;
  private final Checkpoints sequencer;
  private final Checkpoints push;
  private final Checkpoints offline;

  /**
   * Asks the stores, and Kafka for what these followers committed.
   *
   * @param search empty where there is no index of words
   */
  public StoredPositions(
      HistoryStore history,
      InboxStore inbox,
      Optional<SearchStore> search,
      Checkpoints sequencer,
      Checkpoints push,
      Checkpoints offline) {
    this.history = history;
    this.inbox = inbox;
    this.search = search;
    this.sequencer = sequencer;
    this.push = push;
    this.offline = offline;
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
            search
                .map(store -> ClaimTrack.oldestStart(store.position(lane)))
                .orElse(Long.MAX_VALUE),
            ClaimTrack.oldestStart(PositionMetadata.decode(sequencer.read(lane).metadata())),
            ClaimTrack.oldestStart(PositionMetadata.decode(push.read(lane).metadata())))
        .min()
        .orElse(0);
  }

  @Override
  public long historyAt(int lane) {
    return history.position(lane).getOffset();
  }
}
