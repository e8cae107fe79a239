package im.hongyan.msg.pull;

import im.hongyan.kit.call.CallContext;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.wire.frame.FrameLimits;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Keeps one answer below what its client takes in a frame, counted in the form in which it gets
 * there (websocket.md 8.2, 10.3 row 9): a longer one would end the connection, and again after
 * every reconnect. Each conversation may use an equal part of what those before it have left; a
 * message that was accepted fits alone.
 *
 * <p>What is cut costs the client this: after 1002 it takes the end of the range as synced whatever
 * came back, so older chat messages are a gap that it fills with 1005 when the history is opened,
 * while older notifications are lost to it; a conversation for which nothing was left has no newest
 * message in the list until its next one. After 1005 the rest is still a gap, and asked for again.
 *
 * <p>Used by one thread.
 */
final class ResponseBudget {
  /** Tags and lengths of a message, and of a conversation beside its id. */
  private static final int MESSAGE_OVERHEAD = 4;

  private static final int CONVERSATION_OVERHEAD = 48;

  private int left;
  private int conversations;

  /**
   * A budget for one answer.
   *
   * @param bytes most data of the answer
   * @param conversations that it is for
   */
  ResponseBudget(int bytes, int conversations) {
    left = bytes;
    this.conversations = conversations;
  }

  /** What the caller of this thread's call takes. */
  static ResponseBudget ofCall(int conversations) {
    int asked = CallContext.current().answerBytes();
    return new ResponseBudget(
        asked == 0
            ? FrameLimits.MAX_DATA_BYTES
            : Math.clamp(asked, FrameLimits.MAX_DATA_BYTES, FrameLimits.MAX_COMPRESSED_DATA_BYTES),
        conversations);
  }

  /** Begins with a conversation. */
  Share begin(String conversationId) {
    left -= overhead(conversationId);
    return new Share(left / conversations--);
  }

  /** What one conversation takes of the budget. */
  final class Share {
    private int free;
    private boolean some;
    private boolean full;

    private Share(int bytes) {
      free = bytes;
    }

    /**
     * Takes messages in their order while they fit, at least the conversation's first while there
     * is room for it at all.
     *
     * @return how many were taken
     */
    int take(List<MsgData> messages) {
      int taken = 0;
      for (MsgData message : messages) {
        int bytes = message.getSerializedSize() + MESSAGE_OVERHEAD;
        if (bytes > (some ? free : left)) {
          full = true;
          break;
        }
        some = true;
        free -= bytes;
        left -= bytes;
        taken++;
      }
      return taken;
    }

    /** Whether one did not fit, so that none behind it is wanted. */
    boolean isFull() {
      return full;
    }

    /** How many messages of a size still fit. */
    int roomFor(int bytes) {
      return Math.max(0, Math.min(free, left)) / Math.max(1, bytes);
    }
  }

  /** Whether something else about a conversation fits; it counts then. */
  boolean takes(String conversationId, int bytes) {
    int needed = bytes + overhead(conversationId);
    if (needed > left) {
      return false;
    }
    left -= needed;
    return true;
  }

  /** What a conversation takes beside what is said about it. */
  private static int overhead(String conversationId) {
    return conversationId.getBytes(StandardCharsets.UTF_8).length + CONVERSATION_OVERHEAD;
  }
}
