package im.hongyan.client.session;

import im.hongyan.proto.sdkws.MsgData;

/** What a session reports to its owner. Called by the session's own thread, one call at a time. */
public interface MessageHandler {
  /**
   * A message, each stored one exactly once and in the order of its conversation's seqs; messages
   * with seq 0 as they come.
   */
  void onMessage(String conversationId, MsgData message);

  /** The connection was lost or could not be made; the session tries again by itself. */
  default void onDisconnected(String reason) {}

  /** Connected, and everything missed has been delivered. */
  default void onSynced() {}

  /** The server refuses this login for good, or kicked it; nothing more comes. */
  default void onLoggedOut(String reason) {}
}
