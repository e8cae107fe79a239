package im.hongyan.webhooks;

import im.hongyan.proto.sdkws.MsgData;
import java.util.List;

/**
 * Webhooks that may change or refuse a message (messaging.md 3.3, 3.4, 9.3). Called on virtual
 * threads, may block; a refusal is thrown as {@link im.hongyan.wire.error.ImException}.
 */
public interface MessageHooks {
  /** No hooks. */
  MessageHooks NONE = new MessageHooks() {};

  /** Before the checks of a single chat. */
  default void beforeSendSingle(MsgData message) {}

  /** After the checks of a group chat. */
  default void beforeSendGroup(MsgData message) {}

  /** Last before Kafka; the message that is sent instead. */
  default MsgData beforeModify(MsgData message) {
    return message;
  }

  /** After Kafka took the message of a single chat. */
  default void afterSendSingle(MsgData message) {}

  /** After Kafka took the message of a group chat. */
  default void afterSendGroup(MsgData message) {}

  /**
   * After a user has read messages of a chat, or a single chat as a whole.
   *
   * @param conversationType the chat's session type
   */
  default void afterSingleRead(
      String conversationId, String userId, List<Long> seqs, int conversationType) {}

  /**
   * After a user has read a group's chat.
   *
   * @param hasReadSeq up to where
   * @param conversationType the chat's session type
   */
  default void afterGroupRead(
      String ownerId, String userId, long hasReadSeq, int conversationType) {}

  /** After a message was taken back. */
  default void afterRevoke(String conversationId, long seq, String userId) {}
}
