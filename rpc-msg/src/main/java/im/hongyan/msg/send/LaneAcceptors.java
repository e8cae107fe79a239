package im.hongyan.msg.send;

import im.hongyan.msg.pull.LaneReader;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.stores.kafka.LaneProducer;
import im.hongyan.stores.redis.LaneCache;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.Lane;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** Leads each message to its lane. Safe for use by several threads; its creator closes it. */
public final class LaneAcceptors implements Acceptance, AutoCloseable {
  private final List<LaneAcceptor> lanes;
  private final LaneReader reader;
  private final InstantSource clock;

  /** Creates an acceptor per lane. */
  public LaneAcceptors(int lanes, LaneReader reader, LaneProducer producer, InstantSource clock) {
    this.lanes =
        IntStream.range(0, lanes)
            .mapToObj(lane -> new LaneAcceptor(lane, reader, producer, clock))
            .toList();
    this.reader = reader;
    this.clock = clock;
  }

  @Override
  public boolean known(ConversationId conversation, String sendId, String clientMsgId) {
    return reader.known(
        new LaneCache.Candidate(conversation.value(), sendId, clientMsgId, "", 0), clock.millis());
  }

  @Override
  public CompletableFuture<SentIds> accept(MsgData message, InboundRecord record) {
    ConversationId conversation = new ConversationId(record.getCopies(0).getConversationId());
    return lanes.get(Lane.of(conversation, lanes.size())).accept(message, record);
  }

  /** A record's place in im-inbound. */
  public record Accepted(int lane, long offset) {}

  /**
   * Puts a record into its lane that no client sends again, such as a mutation: it needs no ticket.
   * Its lane is that of the conversation that it changes.
   */
  public CompletableFuture<Accepted> append(InboundRecord record) {
    String conversation =
        record.hasMutation()
            ? record.getMutation().getConversationId()
            : record.getCopies(0).getConversationId();
    int lane = Lane.of(new ConversationId(conversation), lanes.size());
    return lanes.get(lane).append(record).thenApply(offset -> new Accepted(lane, offset));
  }

  @Override
  public void close() {
    lanes.forEach(LaneAcceptor::close);
  }
}
