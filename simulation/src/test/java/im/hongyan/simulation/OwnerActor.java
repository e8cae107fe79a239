package im.hongyan.simulation;

import im.hongyan.messagelog.lane.LaneRecord;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.transfer.sequencer.OwnedLane;
import java.util.List;

/** A process of msg-transfer that may own the lane; may go on although it does not any more. */
final class OwnerActor extends Actor {
  private static final int LANE = 0;
  private final OwnerStores stores;

  OwnerActor(World world) {
    super(world, "owner");
    stores = new OwnerStores(world, this);
  }

  OwnerStores stores() {
    return stores;
  }

  @Override
  void run() {
    while (true) {
      point();
      await(() -> world.group.gives(this));
      try (OwnedLane lane = takeOver()) {
        own(lane);
      } catch (RuntimeException failed) {
        // The lane is taken over anew, as long as the group gives it.
        world.takeoversFailed++;
      }
    }
  }

  private OwnedLane takeOver() {
    FollowerPosition checkpoint =
        stores.shortened(world.retention.asKept(world.group.checkpoint()));
    long inbound = world.group.inbound() - 1;
    stores.takeover(true);
    try {
      return world.on(Rule.TAIL_BEFORE_HISTORY)
          ? OwnedLane.takeOver(LANE, stores.stores(), checkpoint, inbound)
          : OwnedLane.takeOverWithoutSeqs(
              LANE, stores.stores(), checkpoint, inbound, stores.folded());
    } finally {
      stores.takeover(false);
    }
  }

  private void own(OwnedLane lane) {
    while (true) {
      point();
      if (!world.group.gives(this) && world.random.nextInt(3) == 0) {
        return;
      }
      if (lane.ready()) {
        List<LaneRecord> log = world.kafka.inbound;
        int from = (int) lane.nextInbound();
        int to = Math.min(log.size(), from + 1 + world.random.nextInt(5));
        if (from < to && from >= world.retention.begin(false)) {
          lane.number(List.copyOf(log.subList(from, to)));
        }
      }
      lane.historyAt(world.history.position().getOffset());
      lane.finish();
      if (lane.ready() && world.random.nextInt(world.commitEvery) == 0) {
        world.group.commit(this, lane.nextInbound(), lane.checkpoint());
      }
    }
  }
}
