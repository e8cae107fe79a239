package im.hongyan.push.offline;

import im.hongyan.messagelog.kafka.LaneProducer;
import im.hongyan.messagelog.kafka.LaneRecords;
import im.hongyan.messagelog.kafka.Topics;
import im.hongyan.proto.offline.OfflineRecord;
import im.hongyan.push.online.OfflineHandOff;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Hands messages over through im-offline-push, in the lane of the message. Safe for use by several
 * threads.
 */
public final class KafkaHandOff implements OfflineHandOff {
  private final LaneProducer producer;

  /** Uses the producer; its owner closes it. */
  public KafkaHandOff(LaneProducer producer) {
    this.producer = producer;
  }

  @Override
  public CompletableFuture<?> hand(DeliveryResult result) {
    List<OfflineRecord> records = OfflineRecipients.of(result);
    return CompletableFuture.allOf(
        records.stream()
            .map(record ->
                producer.append(Topics.OFFLINE_PUSH, result.lane(), LaneRecords.encode(record)))
            .toArray(CompletableFuture[]::new));
  }
}
