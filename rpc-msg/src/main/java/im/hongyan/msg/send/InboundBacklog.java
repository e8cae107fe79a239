package im.hongyan.msg.send;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.messagelog.kafka.KafkaLaneLog;
import im.hongyan.messagelog.kafka.Topics;
import im.hongyan.messagelog.lane.LaneCache;
import im.hongyan.messagelog.lane.LaneLog;
import java.util.OptionalLong;

/** The records of the log behind the last one that Redis shows as handled. */
record InboundBacklog(KafkaConfig kafka, LaneCache cache) implements RetentionGuard.Backlog {
  @Override
  public OptionalLong oldestMillis(int lane) {
    try (LaneLog log = new KafkaLaneLog(kafka, Topics.INBOUND, lane)) {
      // The end first: what comes after is younger than what is asked about.
      long end = log.end();
      long next = Math.max(cache.lastInbound(lane) + 1, log.begin());
      return next < end
          ? OptionalLong.of(log.read(next, next + 1).getFirst().appendedAtMillis())
          : OptionalLong.empty();
    }
  }
}
