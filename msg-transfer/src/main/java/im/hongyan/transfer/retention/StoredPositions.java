package im.hongyan.transfer.retention;

import im.hongyan.messagelog.kafka.Checkpoints;
import im.hongyan.messagelog.kafka.Topics;
import im.hongyan.messagelog.lane.ClaimTrack;
import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.messagelog.lane.InboxStore;
import im.hongyan.messagelog.lane.PositionMetadata;
import im.hongyan.proto.sequencing.FollowerPosition;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/** The followers' positions as stores and Kafka hold them. Safe for use by several threads. */
public final class StoredPositions implements LogRetention.Followers {
  private final HistoryStore history;
  private final InboxStore inbox;
  private final List<IntFunction<FollowerPosition>> others;
  private final Checkpoints sequencer;
  private final Checkpoints push;
  private final Checkpoints offline;

  /**
   * Asks the stores, and Kafka for what these followers committed.
   *
   * @param others of followers besides, by lane
   */
  public StoredPositions(
      HistoryStore history,
      InboxStore inbox,
      List<IntFunction<FollowerPosition>> others,
      Checkpoints sequencer,
      Checkpoints push,
      Checkpoints offline) {
    this.history = history;
    this.inbox = inbox;
    this.others = List.copyOf(others);
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
    Stream<FollowerPosition> known =
        Stream.of(
            history.position(lane),
            inbox.position(lane),
            PositionMetadata.decode(sequencer.read(lane).metadata()),
            PositionMetadata.decode(push.read(lane).metadata()));
    return Stream.concat(known, others.stream().map(follower -> follower.apply(lane)))
        .mapToLong(ClaimTrack::oldestStart)
        .min()
        .orElse(0);
  }

  @Override
  public long historyAt(int lane) {
    return history.position(lane).getOffset();
  }
}
