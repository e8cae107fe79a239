package im.hongyan.kit.hook;

import im.hongyan.proto.sdkws.MsgData;

/**
 * Where webhooks stand in the way of a message (messaging.md 3.3, 3.4, 9.3). Called on virtual
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
}
