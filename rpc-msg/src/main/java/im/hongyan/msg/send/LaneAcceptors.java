package im.hongyan.msg.send;

import im.hongyan.msg.pull.LaneReader;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.stores.kafka.LaneProducer;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.Lane;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/** Leads each message to its lane. Safe for use by several threads; its creator closes it. */
public final class LaneAcceptors implements AutoCloseable {
  private final List<LaneAcceptor> lanes;

  /** The ids that a message got, or had. */
  public record SentIds(String serverMsgId, long sendTimeMillis) {}

  /** Creates an acceptor per lane. */
  public LaneAcceptors(int lanes, LaneReader reader, LaneProducer producer, InstantSource clock) {
    this.lanes =
        IntStream.range(0, lanes)
            .mapToObj(lane -> new LaneAcceptor(lane, reader, producer, clock))
            .toList();
  }

  /** Accepts a checked message. */
  public CompletableFuture<SentIds> accept(MsgData message, InboundRecord record) {
    ConversationId conversation = new ConversationId(record.getCopies(0).getConversationId());
    return lanes.get(Lane.of(conversation, lanes.size())).accept(message, record);
  }

  @Override
  public void close() {
    lanes.forEach(LaneAcceptor::close);
  }
}
