package im.hongyan.transfer.follower;

import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.messagelog.kafka.LaneRecords;
import im.hongyan.messagelog.lane.ClaimTrack;
import im.hongyan.messagelog.lane.LaneFaultException;
import im.hongyan.messagelog.lane.LaneLog;
import im.hongyan.messagelog.lane.LaneRecord;
import im.hongyan.proto.sequencing.Copy;
import im.hongyan.proto.sequencing.SequencedRecord;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * With which seq each conversation goes on in what a log still has: all below it came before, since
 * seqs are dense. Single-threaded.
 */
final class FirstSeqs {
  private final Map<String, Long> firsts = new HashMap<>();
  private final Supplier<LaneFaultException> unknownClaim;
  private @Nullable ClaimTrack claims;

  /**
   * Nothing is read yet.
   *
   * @param claims knows the latest claim before the first record; null where nobody does
   * @param unknownClaim thrown where a record cannot be judged without it
   */
  FirstSeqs(@Nullable ClaimTrack claims, Supplier<LaneFaultException> unknownClaim) {
    this.claims = claims;
    this.unknownClaim = unknownClaim;
  }

  /** Reads all that the log has. */
  Map<String, Long> read(LaneLog log, long begin) {
    long end = log.end();
    if (end == begin && claims == null) {
      throw unknownClaim.get();
    }
    log.read(begin, end, this::take);
    return firsts;
  }

  private void take(LaneRecord raw) {
    SequencedRecord record;
    try {
      record = LaneRecords.decode(raw.value(), SequencedRecord.parser());
    } catch (InvalidProtocolBufferException e) {
      // The writer passes over it too, and says so.
      return;
    }
    ClaimTrack known = claims;
    if (known == null) {
      if (!record.hasClaim()) {
        throw unknownClaim.get();
      }
      known = new ClaimTrack();
      claims = known;
    }
    if (known.take(raw.offset(), raw.appendedAtMillis(), record)) {
      for (Copy copy : record.getMessage().getCopiesList()) {
        if (copy.getSeq() > 0) {
          firsts.putIfAbsent(copy.getConversationId(), copy.getSeq());
        }
      }
    }
  }
}
