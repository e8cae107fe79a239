package im.hongyan.msg.send;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.messagelog.kafka.KafkaLaneLog;
import im.hongyan.messagelog.kafka.Topics;
import im.hongyan.messagelog.lane.LaneCache;
import im.hongyan.messagelog.lane.LaneLog;
import java.util.OptionalLong;

/** Asks the log behind the last record that Redis tells as handled. */
record InboundWaiting(KafkaConfig kafka, LaneCache cache) implements RetentionGuard.Waiting {
  @Override
  public OptionalLong sinceMillis(int lane) {
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
