package im.hongyan.webhooks;

/** What happened to a user's connection (websocket.md 7.7). */
public sealed interface UserEvent {
  /** Trace id of what caused it. */
  String operationId();

  /** Number of the platform. */
  int platformId();

  /** Whose connection it is. */
  String userId();

  /** When it happened, milliseconds since 1970; travels as {@code seq}. */
  long atMillis();

  /**
   * A platform of a user came online.
   *
   * @param background whether the app is in the background
   */
  record Online(
      String operationId,
      int platformId,
      String userId,
      long atMillis,
      boolean background,
      String connId)
      implements UserEvent {}

  /** A platform of a user went offline. */
  record Offline(String operationId, int platformId, String userId, long atMillis, String connId)
      implements UserEvent {}

  /** A connection was ended because of another login. */
  record KickOff(String operationId, int platformId, String userId, long atMillis)
      implements UserEvent {}
}
