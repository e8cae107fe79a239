package im.hongyan.push.offline;

/**
 * Brings a notification to users' devices (messaging.md 7.7). Called on virtual threads, several at
 * once; blocks no longer than its own time-out. Its creator closes it.
 */
public interface OfflineProvider extends AutoCloseable {
  /**
   * Hands a notification over.
   *
   * @throws im.hongyan.wire.error.ImException 500 when it was not taken; it is sent again
   */
  void send(OfflineNotification notification);

  @Override
  default void close() {}
}
