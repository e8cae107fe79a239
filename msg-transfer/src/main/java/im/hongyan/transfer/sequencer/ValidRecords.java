package im.hongyan.transfer.sequencer;

import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.messagelog.kafka.LaneRecords;
import im.hongyan.messagelog.lane.ClaimTrack;
import im.hongyan.messagelog.lane.LaneLog;
import im.hongyan.messagelog.lane.LaneRecord;
import im.hongyan.proto.sequencing.SequencedRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the records of a lane that count (docs/sequencing.md O1), from a claim on. There may be
 * hundreds of thousands, so no more than a chunk of them is held. Single-threaded.
 */
final class ValidRecords {
  private static final Logger LOG = LoggerFactory.getLogger(ValidRecords.class);
  private static final int CHUNK_RECORDS = 200;
  private static final int CHUNK_BYTES = 1 << 20;

  /** A record that counts, and where it lies. */
  record Valid(long offset, SequencedRecord record) {}

  private final int lane;
  private final ClaimTrack claims;
  private final NavigableSet<Long> claimOffsets = new TreeSet<>();
  private final List<Valid> chunk = new ArrayList<>(CHUNK_RECORDS);
  private int chunkBytes;
  private long firstMillis;
  private long last = -1;
  private int count;

  /**
   * Nothing is read yet.
   *
   * @param claims knows the claim before the first record that will be read, unless that is one
   */
  ValidRecords(int lane, ClaimTrack claims) {
    this.lane = lane;
    this.claims = claims;
  }

  /**
   * Hands them over in chunks, which are the sink's for the time of its call.
   *
   * @param from offset of a claim, or of the first record that is kept
   * @param behind only records behind this offset are handed over
   * @param end offset behind the last record that is read
   */
  void read(LaneLog log, long from, long behind, long end, Consumer<List<Valid>> sink) {
    log.read(
        from,
        end,
        raw -> {
          if (raw.offset() == from) {
            firstMillis = raw.appendedAtMillis();
          }
          SequencedRecord record = counting(raw);
          if (record != null && raw.offset() > behind) {
            take(raw, record, sink);
          }
        });
    flush(sink);
  }

  private void take(LaneRecord raw, SequencedRecord record, Consumer<List<Valid>> sink) {
    if (chunk.size() == CHUNK_RECORDS || chunkBytes + raw.value().length > CHUNK_BYTES) {
      flush(sink);
    }
    chunk.add(new Valid(raw.offset(), record));
    chunkBytes += raw.value().length;
    last = raw.offset();
    count++;
  }

  private void flush(Consumer<List<Valid>> sink) {
    if (!chunk.isEmpty()) {
      sink.accept(chunk);
      chunk.clear();
      chunkBytes = 0;
    }
  }

  private @Nullable SequencedRecord counting(LaneRecord raw) {
    SequencedRecord record;
    try {
      record = LaneRecords.decode(raw.value(), SequencedRecord.parser());
    } catch (InvalidProtocolBufferException e) {
      LOG.error(
          "lane {}: record {} of im-sequenced is foreign and is passed over", lane, raw.offset());
      return null;
    }
    if (record.hasClaim()) {
      claimOffsets.add(raw.offset());
    }
    return claims.take(raw.offset(), raw.appendedAtMillis(), record) ? record : null;
  }

  /** The claims that were read. */
  ClaimTrack claims() {
    return claims;
  }

  /** Where reading must start to find all that counts behind an offset; where it began, at most. */
  long startFor(long offset, long began) {
    Long claim = claimOffsets.floor(offset);
    return claim == null ? began : claim;
  }

  /** When the first record that was read was appended. */
  long firstMillis() {
    return firstMillis;
  }

  /** Offset of the last record handed over, -1 before. */
  long last() {
    return last;
  }

  /** How many were handed over. */
  int count() {
    return count;
  }
}
