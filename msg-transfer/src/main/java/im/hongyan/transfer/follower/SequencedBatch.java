package im.hongyan.transfer.follower;

import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.messagelog.kafka.LaneRecords;
import im.hongyan.messagelog.lane.ClaimTrack;
import im.hongyan.messagelog.lane.LaneRecord;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.proto.sequencing.SequencedRecord;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The messages among records of a lane that count. */
public record SequencedBatch(List<InboundRecord> messages, long lastOffset) {
  private static final Logger LOG = LoggerFactory.getLogger(SequencedBatch.class);

  /**
   * Reads records, keeping the void rule; what is not above an offset was handled before. Claims
   * are remembered from when the position is kept, not from when they were written: a store may
   * lose what is written now, however old it is.
   */
  public static SequencedBatch of(ClaimTrack claims, List<LaneRecord> records, long handledOffset) {
    List<InboundRecord> messages = new ArrayList<>();
    for (LaneRecord raw : records) {
      SequencedRecord record;
      try {
        record = LaneRecords.decode(raw.value(), SequencedRecord.parser());
      } catch (InvalidProtocolBufferException e) {
        LOG.error("record {} of im-sequenced is foreign and is passed over", raw.offset());
        continue;
      }
      if (claims.take(raw.offset(), ClaimTrack.WHEN_KEPT, record) && raw.offset() > handledOffset) {
        messages.add(record.getMessage());
      }
    }
    return new SequencedBatch(messages, records.getLast().offset());
  }
}
