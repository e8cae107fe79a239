package im.hongyan.transfer.sequencer;

import java.time.InstantSource;

/**
 * What the owner of a lane works with.
 *
 * @param owner name of this process in claims
 */
public record LaneStores(
    LaneLogPort log,
    LaneCachePort cache,
    LaneHistoryPort history,
    InstantSource clock,
    SequencerMeters meters,
    String owner) {}
