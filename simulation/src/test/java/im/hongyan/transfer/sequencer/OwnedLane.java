package im.hongyan.transfer.sequencer;

import im.hongyan.messagelog.lane.LaneRecord;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.proto.sequencing.InboundRecord;
import java.util.List;

/**
 * The production code of a lane's ownership, opened for the simulation: a takeover and the owner
 * that comes of it, as {@link Sequencer} puts them together. Single-threaded.
 */
public final class OwnedLane implements AutoCloseable {
  private final LaneOwner owner;

  private OwnedLane(LaneOwner owner) {
    this.owner = owner;
  }

  /** O1 to O3. */
  public static OwnedLane takeOver(
      int lane, LaneStores stores, FollowerPosition checkpoint, long checkpointInbound) {
    Takeover.Owned owned = new Takeover(lane, stores, checkpoint).run(checkpointInbound);
    return new OwnedLane(new LaneOwner(lane, stores, owned));
  }

  /** O1 to O3, but the owner forgets the last seqs that the fold found. */
  public static OwnedLane takeOverWithoutSeqs(
      int lane,
      LaneStores stores,
      FollowerPosition checkpoint,
      long checkpointInbound,
      List<InboundRecord> folded) {
    Takeover.Owned owned = new Takeover(lane, stores, checkpoint).run(checkpointInbound);
    Tail tail = new Tail();
    tail.setLastInbound(owned.tail().lastInbound());
    folded.forEach(message -> tail.remember(SentKey.of(message)));
    tail.visible(stores.clock().millis());
    return new OwnedLane(
        new LaneOwner(
            lane,
            stores,
            new Takeover.Owned(
                owned.term(),
                tail,
                owned.claims(),
                owned.state(),
                owned.historyOffset(),
                owned.reopening(),
                owned.appends())));
  }

  /** Where im-inbound goes on. */
  public long nextInbound() {
    return owner.nextInbound();
  }

  /** Whether another batch may be taken. */
  public boolean ready() {
    return owner.ready();
  }

  /** Sets the history writer's position. */
  public void historyAt(long offset) {
    owner.historyAt(offset);
  }

  /** O5. */
  public void number(List<LaneRecord> records) {
    owner.number(records);
  }

  /** O6 and O7. */
  public void finish() {
    owner.finish();
  }

  /** Position in im-sequenced, with claims. */
  public FollowerPosition checkpoint() {
    return owner.checkpoint();
  }

  @Override
  public void close() {
    owner.close();
  }
}
