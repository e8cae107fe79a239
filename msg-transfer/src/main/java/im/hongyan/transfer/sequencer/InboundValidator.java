package im.hongyan.transfer.sequencer;

import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.messagelog.kafka.LaneProducer;
import im.hongyan.messagelog.kafka.LaneRecords;
import im.hongyan.proto.sequencing.Copy;
import im.hongyan.proto.sequencing.InboundRecord;

/**
 * What the sequencer can process of im-inbound. rpc-msg refuses whatever a later stage could
 * refuse, so the rest is foreign junk, or of a newer version. Stateless.
 */
final class InboundValidator {
  /** What numbering adds to a record: term, offset, a seq for each copy, and their lengths. */
  private static final int NUMBERING_BYTES = 1_024;

  private InboundValidator() {}

  /** A record, or why it goes to dead letters. */
  sealed interface Result {
    /** It can be numbered. */
    record Usable(InboundRecord record) implements Result {}

    /** It cannot, now or later. */
    record Unusable(String reason) implements Result {}
  }

  static Result read(byte[] value) {
    InboundRecord record;
    try {
      record = LaneRecords.decode(value, InboundRecord.parser());
    } catch (InvalidProtocolBufferException e) {
      return new Result.Unusable("no record that this version knows: " + e.getMessage());
    }
    if (record.getCopiesCount() == 0 && !record.hasMutation()) {
      return new Result.Unusable("it carries nothing");
    }
    if (record.getClientMsgId().isEmpty()
        || record.getCopiesList().stream().map(Copy::getConversationId).anyMatch(String::isEmpty)
        || (record.hasMutation() && record.getMutation().getConversationId().isEmpty())) {
      return new Result.Unusable("it lacks an id");
    }
    if (value.length + NUMBERING_BYTES > LaneProducer.MAX_RECORD_BYTES) {
      return new Result.Unusable("it is too large to be numbered");
    }
    return new Result.Usable(record);
  }
}
