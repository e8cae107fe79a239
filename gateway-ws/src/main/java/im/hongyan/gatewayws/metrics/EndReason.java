package im.hongyan.gatewayws.metrics;

import java.util.Locale;

/** Why a connection ended; label of the meter {@code ws_connections_closed}. */
public enum EndReason {
  /** The client closed it or went away. */
  CLIENT,
  /** Nothing was received for too long. */
  SILENT,
  /** The client takes too little of what waits for it. */
  SLOW,
  /** More waits for clients, or from them, than there is room for. */
  OVERLOAD,
  /** The upgrade took too long. */
  HANDSHAKE,
  /** A frame that is none. */
  MALFORMED,
  /** A message over the limit. */
  TOO_BIG,
  /** A request that clients may not send. */
  FORBIDDEN,
  /** A newer login or an administrator ended it. */
  KICKED,
  /** The client logged out. */
  LOGOUT,
  /** The gateway stops. */
  DRAIN,
  /** A fault of our own. */
  FAULT;

  /** The label. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
