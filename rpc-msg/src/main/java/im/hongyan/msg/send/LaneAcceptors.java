package im.hongyan.msg.send;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.kit.service.ServiceContext;
import im.hongyan.messagelog.kafka.LaneProducer;
import im.hongyan.messagelog.kafka.Topics;
import im.hongyan.messagelog.lane.InboundLog;
import im.hongyan.messagelog.lane.LaneCache;
import im.hongyan.msg.pull.LaneReader;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.Lane;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** Routes each message to its lane. Safe for use by several threads; its creator closes it. */
public final class LaneAcceptors implements Acceptance, AutoCloseable {
  /** Numbering adds to a record, and the log takes no larger one. */
  private static final int MAX_RECORD_BYTES = LaneProducer.MAX_RECORD_BYTES - 2_048;

  private final List<LaneAcceptor> lanes;
  private final LaneReader reader;
  private final InstantSource clock;
  private final RetentionGuard retention;

  /** Creates an acceptor per lane. */
  public LaneAcceptors(
      KafkaConfig kafka,
      LaneReader reader,
      LaneCache cache,
      LaneProducer producer,
      ServiceContext context) {
    InboundLog inbound = (lane, record) -> producer.append(Topics.INBOUND, lane, record);
    this.lanes =
        IntStream.range(0, kafka.lanes())
            .mapToObj(lane -> new LaneAcceptor(lane, reader, inbound, context.clock()))
            .toList();
    this.reader = reader;
    clock = context.clock();
    retention =
        new RetentionGuard(
                kafka.lanes(),
                new InboundBacklog(kafka, cache),
                kafka.retention(),
                clock,
                context.meters())
            .start();
  }

  @Override
  public boolean known(ConversationId conversation, String sendId, String clientMsgId) {
    return reader.known(
        new LaneCache.Candidate(conversation.value(), sendId, clientMsgId, "", 0), clock.millis());
  }

  @Override
  public CompletableFuture<SentIds> accept(MsgData message, InboundRecord record) {
    ConversationId conversation = new ConversationId(record.getCopies(0).getConversationId());
    int lane = Lane.of(conversation, lanes.size());
    require(lane, record);
    return lanes.get(lane).accept(message, record);
  }

  /** A record's place in im-inbound. */
  public record LanePlace(int lane, long offset) {}

  /**
   * Puts a record into its lane that no client sends again, such as a mutation: it needs no ticket.
   * Its lane is that of the conversation that it changes.
   */
  public CompletableFuture<LanePlace> append(InboundRecord record) {
    String conversation =
        record.hasMutation()
            ? record.getMutation().getConversationId()
            : record.getCopies(0).getConversationId();
    int lane = Lane.of(new ConversationId(conversation), lanes.size());
    require(lane, record);
    return lanes.get(lane).append(record).thenApply(offset -> new LanePlace(lane, offset));
  }

  /** What a later stage could not take is refused here (docs/sequencing.md A1). */
  private void require(int lane, InboundRecord record) {
    if (record.getSerializedSize() > MAX_RECORD_BYTES) {
      throw ImError.ARGS.with("message is larger than " + MAX_RECORD_BYTES + " bytes");
    }
    retention.require(lane);
  }

  /** Whether each lane takes sends. */
  public boolean isRunning() {
    return lanes.stream().allMatch(LaneAcceptor::isRunning);
  }

  @Override
  public void close() {
    retention.close();
    lanes.forEach(LaneAcceptor::close);
  }
}
