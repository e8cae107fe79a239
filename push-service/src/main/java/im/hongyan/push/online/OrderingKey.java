package im.hongyan.push.online;

/** What keeps its order: a conversation and its notification twin. Stateless. */
final class OrderingKey {
  private OrderingKey() {}

  /** The ordering key of a conversation: its id without the prefix. */
  static String of(String conversationId) {
    return conversationId.substring(conversationId.indexOf('_') + 1);
  }
}
