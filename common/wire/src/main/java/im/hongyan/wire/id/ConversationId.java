package im.hongyan.wire.id;

/**
 * Id of a conversation, with the formulas of messaging.md 1.2 and 1.3.
 *
 * <p>Immutable value. The formulas are not injective when user or group ids hold an underscore;
 * clients compute the same text, so it cannot be escaped here: see {@link ConversationOwner}.
 *
 * @param value the id as it goes over the wire, for example {@code si_alice_bob}
 */
public record ConversationId(String value) {
  private static final String NOTIFICATION_PREFIX = "n_";

  /** The chat conversation of two users, in either order. */
  public static ConversationId single(String userId, String peerId) {
    return new ConversationId(SessionType.SINGLE.prefix() + pair(userId, peerId));
  }

  /** The chat conversation of a group. */
  public static ConversationId group(String groupId) {
    return new ConversationId(SessionType.GROUP.prefix() + groupId);
  }

  /** The notification conversation a user has with itself. */
  public static ConversationId selfNotification(String userId) {
    return new ConversationId(NOTIFICATION_PREFIX + userId + "_" + userId);
  }

  /** The chat conversation of a message. Users count for single sessions, the group for others. */
  public static ConversationId chat(
      SessionType type, String sendId, String recvId, String groupId) {
    return new ConversationId(type.prefix() + key(type, sendId, recvId, groupId));
  }

  /** The notification conversation of a message with option {@code isNotNotification} false. */
  public static ConversationId notification(
      SessionType type, String sendId, String recvId, String groupId) {
    return new ConversationId(NOTIFICATION_PREFIX + key(type, sendId, recvId, groupId));
  }

  /**
   * The part that a chat conversation and its notification twin share: the sorted pair, or the
   * group id. One writer owns everything with the same key.
   */
  public static String key(SessionType type, String sendId, String recvId, String groupId) {
    return type.isGroup() ? groupId : pair(sendId, recvId);
  }

  /** Two ids in ascending order of their UTF-8 bytes, joined by an underscore. */
  public static String pair(String a, String b) {
    return Utf8Order.INSTANCE.compare(a, b) <= 0 ? a + "_" + b : b + "_" + a;
  }

  /** Whether this is a notification conversation. */
  public boolean isNotification() {
    return value.startsWith(NOTIFICATION_PREFIX);
  }

  /** Whether this is the chat conversation of a group. */
  public boolean isGroup() {
    return value.startsWith(SessionType.GROUP.prefix())
        || value.startsWith(SessionType.WRITE_GROUP.prefix());
  }

  /** The id without its prefix; an id without an underscore is its own key. */
  public String key() {
    int cut = value.indexOf('_');
    return cut < 0 ? value : value.substring(cut + 1);
  }

  /** The notification twin; for an id without an underscore the empty id, as clients compute it. */
  public ConversationId notificationTwin() {
    int cut = value.indexOf('_');
    return new ConversationId(cut < 0 ? "" : "n" + value.substring(cut));
  }

  @Override
  public String toString() {
    return value;
  }
}
