package im.hongyan.transfer.sequencer;

import im.hongyan.stores.kafka.KafkaConfig;
import im.hongyan.stores.mysql.HistoryStore;
import im.hongyan.stores.redis.LaneCache;
import java.time.InstantSource;

/**
 * What the owner of a lane works with.
 *
 * @param owner name of this process in claims
 */
record LaneStores(
    KafkaConfig kafka, LaneCache cache, HistoryStore history, InstantSource clock, String owner) {}
