package im.hongyan.transfer.sequencer;

import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.messagelog.lane.LaneCache;
import im.hongyan.messagelog.lane.LaneLogs;
import java.time.InstantSource;

/**
 * What the owner of a lane works with.
 *
 * @param owner name of this process in claims
 */
public record LaneStores(
    LaneLogs log,
    LaneCache cache,
    HistoryStore history,
    InstantSource clock,
    SequencerMeters meters,
    String owner) {}
