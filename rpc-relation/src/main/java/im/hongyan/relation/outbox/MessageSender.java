package im.hongyan.relation.outbox;

import im.hongyan.proto.sdkws.MsgData;

/** Hands messages of the system to rpc-msg. Safe for use by several threads; may block. */
@FunctionalInterface
public interface MessageSender {
  /**
   * Sends; the message is durable on return.
   *
   * @throws im.hongyan.wire.error.ImException when it was refused, or nobody knows
   */
  void send(String operationId, MsgData message);
}
