package im.hongyan.msg.send;

import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.wire.id.ConversationId;
import java.util.concurrent.CompletableFuture;

/** Where checked messages go: ticket and Kafka. Safe for use by several threads. */
public interface Acceptance {
  /** The ids of a message; of a resend, those of the first one. */
  record SentIds(String serverMsgId, long sendTimeMillis) {}

  /**
   * Whether a client's message was accepted before, or is just being accepted.
   *
   * @throws im.hongyan.wire.error.ImException 500 when its lane cannot be read
   */
  boolean known(ConversationId conversation, String sendId, String clientMsgId);

  /** Accepts a checked message; done once Kafka has it, or failed with 500. */
  CompletableFuture<SentIds> accept(MsgData message, InboundRecord record);
}
