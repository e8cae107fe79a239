package im.hongyan.wire.json;

import com.google.protobuf.Message;
import im.hongyan.proto.conversation.ConversationReq;
import im.hongyan.proto.sdkws.PullMessageBySeqsResp;
import im.hongyan.wire.error.ImException;
import java.util.List;

/**
 * Fuzz target: any bytes are refused by {@link GoJsonException}, or read the same when written
 * again.
 */
public final class GoJsonFuzz {
  private static final List<Message> PROTOTYPES =
      List.of(PullMessageBySeqsResp.getDefaultInstance(), ConversationReq.getDefaultInstance());

  private GoJsonFuzz() {}

  /** Called by the fuzzer for each input. */
  public static void fuzzerTestOneInput(byte[] input) {
    for (Message prototype : PROTOTYPES) {
      try {
        Message message = GoJsonReader.read(input, prototype);
        if (!message.equals(GoJsonReader.read(GoJsonWriter.toBytes(message), prototype))) {
          throw new AssertionError("the message changed on its way");
        }
      } catch (GoJsonException refused) {
        if (refused.getMessage() == null) {
          throw new AssertionError("no reason", refused);
        }
      }
      try {
        ApiEnvelope.read(input, prototype);
      } catch (GoJsonException | ImException expected) {
        if (expected.getMessage() == null) {
          throw new AssertionError("no reason", expected);
        }
      }
    }
  }
}
