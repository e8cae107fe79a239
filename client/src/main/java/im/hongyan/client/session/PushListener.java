package im.hongyan.client.session;

import im.hongyan.proto.sdkws.PushMessages;
import im.hongyan.proto.sdkws.SubUserOnlineStatusTips;

/**
 * What a connection reports to its owner. Called by the connection's reading thread, one call at a
 * time: a slow listener delays answers as well.
 */
public interface PushListener {
  /** A push of messages (2001). */
  void onPush(PushMessages push);

  /** A change of online states the user subscribed to (2005). */
  default void onStatus(SubUserOnlineStatusTips tips) {}

  /** The user was kicked (2002); the connection ends. */
  default void onKicked() {}

  /** The connection is over; called once, last. */
  default void onClosed(int code, String reason) {}
}
