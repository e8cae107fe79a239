package im.hongyan.transfer.sequencer;

import im.hongyan.messagelog.lane.Bodies;
import im.hongyan.messagelog.lane.LaneBatch;
import im.hongyan.messagelog.lane.LaneBatch.Placed;
import im.hongyan.messagelog.lane.LaneCache.Candidate;
import im.hongyan.messagelog.lane.LaneCache.Numbered;
import im.hongyan.messagelog.lane.ResendKeys;
import im.hongyan.proto.sequencing.Copy;
import im.hongyan.proto.sequencing.InboundRecord;
import java.util.ArrayList;
import java.util.List;

/** Collects what Redis shall hold of numbered records. Single-threaded. */
final class VisibleBatch {
  private final List<Numbered> copies = new ArrayList<>();
  private final List<Placed> mutations = new ArrayList<>();
  private final List<Candidate> answered = new ArrayList<>();

  /**
   * Takes a record: its stored copies, the first one in the resend window, and its mutation. Where
   * nothing gets into the window, the ticket goes all the same.
   */
  void add(long offset, InboundRecord record) {
    boolean first = true;
    for (Copy copy : record.getCopiesList()) {
      if (copy.getSeq() > 0) {
        copies.add(
            new Numbered(
                copy.getConversationId(),
                copy.getSeq(),
                record.getSendId(),
                first ? record.getClientMsgId() : "",
                record.getSendTimeMillis(),
                Bodies.withSeq(copy.getMessage(), copy.getSeq())));
      } else if (first) {
        answered.add(candidate(record));
      }
      first = false;
    }
    if (record.hasMutation()) {
      mutations.add(new Placed(offset, record.getMutation()));
    }
  }

  /** What makes a record a resend of another. */
  static Candidate candidate(InboundRecord record) {
    return new Candidate(
        SentKey.conversation(record), record.getSendId(), ResendKeys.of(record), "", 0);
  }

  /** What was taken, up to an inbound offset, with history's position. */
  LaneBatch upTo(long lastInbound, long historyOffset) {
    return new LaneBatch(copies, mutations, answered, lastInbound, historyOffset);
  }

  /** Stored copies that were taken. */
  int size() {
    return copies.size();
  }

  void clear() {
    copies.clear();
    mutations.clear();
    answered.clear();
  }
}
