package im.hongyan.wire.authz;

/**
 * Looks up who takes part in a conversation, for methods whose access asks for it. The service that
 * knows conversations registers it. Safe for use by several threads; may block.
 */
@FunctionalInterface
public interface Participants {
  /**
   * Whether the user takes part in the conversation.
   *
   * @throws im.hongyan.wire.error.ImException where the specification has a code of its own
   */
  boolean takesPart(String conversationId, String userId);
}
