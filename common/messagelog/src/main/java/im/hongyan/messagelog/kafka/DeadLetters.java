package im.hongyan.messagelog.kafka;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.messagelog.lane.LaneLog;
import im.hongyan.messagelog.lane.LaneRecord;
import im.hongyan.proto.sequencing.DeadLetter;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.error.StoreUnavailableException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records that the sequencer could not process (docs/sequencing.md, Dead letters), for
 * operators: what there is, and a way back into the lane once the cause is fixed. Used by one
 * thread; its creator closes it.
 */
public final class DeadLetters implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DeadLetters.class);

  private final KafkaConfig config;
  private final LaneLog log;
  private final LaneProducer producer;

  /** Opens a reader and a producer of the topic. */
  public DeadLetters(KafkaConfig config) {
    this.config = config;
    log = new KafkaLaneLog(config, Topics.DEAD_LETTERS, 0);
    producer = new LaneProducer(config, "dead-letters");
  }

  /**
   * A dead letter.
   *
   * @param offset by which it is called
   * @param replayed whether it was given back to its lane
   */
  public record Entry(long offset, DeadLetter letter, boolean replayed) {}

  private record Place(int lane, long inboundOffset) {}

  /** Keeps a record; done once Kafka has it. */
  public static byte[] encode(int lane, LaneRecord record, String reason) {
    return LaneRecords.encode(
        DeadLetter.newBuilder()
            .setLane(lane)
            .setInboundOffset(record.offset())
            .setAppendedMillis(record.appendedAtMillis())
            .setReason(reason)
            .setValue(ByteString.copyFrom(record.value()))
            .build());
  }

  /** All dead letters that are kept, the oldest first; one that came twice is listed once. */
  public List<Entry> list() {
    Set<Long> replayed = new HashSet<>();
    Set<Place> listed = new HashSet<>();
    List<Entry> deadLetters = new ArrayList<>();
    log.read(
        log.begin(),
        log.end(),
        record -> {
          DeadLetter letter = decode(record);
          if (letter == null) {
            return;
          }
          if (letter.hasReplayed()) {
            replayed.add(letter.getReplayed());
          } else if (listed.add(new Place(letter.getLane(), letter.getInboundOffset()))) {
            deadLetters.add(new Entry(record.offset(), letter, false));
          }
        });
    return deadLetters.stream()
        .map(entry -> new Entry(entry.offset(), entry.letter(), replayed.contains(entry.offset())))
        .toList();
  }

  private static @org.jspecify.annotations.Nullable DeadLetter decode(LaneRecord record) {
    try {
      return LaneRecords.decode(record.value(), DeadLetter.parser());
    } catch (InvalidProtocolBufferException e) {
      LOG.warn("record {} of {} is no dead letter", record.offset(), Topics.DEAD_LETTERS);
      return null;
    }
  }

  /**
   * Gives a dead letter back to its lane. A crash on the way may give it back twice; the lane drops
   * the second as a resend.
   *
   * @throws ImException 1001 when this code cannot process the record either, 500 when Kafka does
   *     not take it
   */
  public void replay(Entry entry) {
    DeadLetter letter = entry.letter();
    byte[] value = letter.getValue().toByteArray();
    requireProcessable(value);
    if (letter.getLane() >= config.lanes()) {
      throw ImError.ARGS.with("there is no lane " + letter.getLane());
    }
    DeadLetter marker = DeadLetter.newBuilder().setReplayed(entry.offset()).build();
    producer.awaitTopic(Topics.INBOUND);
    producer.awaitTopic(Topics.DEAD_LETTERS);
    try {
      producer.append(Topics.INBOUND, letter.getLane(), value).join();
      producer.append(Topics.DEAD_LETTERS, 0, LaneRecords.encode(marker)).join();
    } catch (CompletionException e) {
      throw new StoreUnavailableException("Kafka did not take dead letter " + entry.offset(), e);
    }
  }

  private static void requireProcessable(byte[] value) {
    try {
      InboundRecord record = LaneRecords.decode(value, InboundRecord.parser());
      if (record.getCopiesCount() > 0 || record.hasMutation()) {
        return;
      }
    } catch (InvalidProtocolBufferException e) {
      throw ImError.ARGS.with("no record that this version knows: " + e.getMessage());
    }
    throw ImError.ARGS.with("the record carries nothing");
  }

  @Override
  public void close() {
    log.close();
    producer.close();
  }
}
