package im.hongyan.gatewayws.connect;

import im.hongyan.gatewayws.connection.ClientConnection;
import im.hongyan.gatewayws.connection.ConnectionRegistry;
import im.hongyan.gatewayws.login.LoginPeers;
import im.hongyan.gatewayws.login.LoginService;
import im.hongyan.gatewayws.presence.PresencePublisher;
import im.hongyan.proto.login.ConnectAnswer;
import im.hongyan.wire.error.ImError;
import java.time.Duration;

/**
 * Lets users in (websocket.md 1.3, checks 10 to 12, and 6): the token, the places that are left,
 * then the registration here and in presence, and only then what the login ends elsewhere. Safe for
 * use by several threads; methods block.
 */
public final class ConnectionAdmission {
  private static final Duration PRESENCE = Duration.ofSeconds(3);

  private final LoginPeers peers;
  private final LoginService logins;
  private final ConnectionRegistry registry;
  private final PresencePublisher presence;
  private final int mostOfUser;

  /** A user may have {@code mostOfUser} connections here. */
  public ConnectionAdmission(
      LoginPeers peers,
      LoginService logins,
      ConnectionRegistry registry,
      PresencePublisher presence,
      int mostOfUser) {
    this.peers = peers;
    this.logins = logins;
    this.registry = registry;
    this.presence = presence;
    this.mostOfUser = mostOfUser;
  }

  /**
   * Checks a client's token.
   *
   * @throws im.hongyan.wire.error.ImException 1501 to 1507, or 500 when rpc-auth does not answer
   */
  ConnectAnswer check(ConnectArguments arguments) {
    ConnectAnswer login = peers.connect(arguments.operationId(), arguments.token());
    if (!login.getUserId().equals(arguments.userId())) {
      throw ImError.TOKEN_INVALID.with(
          "token uid " + login.getUserId() + " != userID " + arguments.userId());
    }
    int platform = arguments.platform().number();
    if (login.getPlatformId() != platform) {
      throw ImError.TOKEN_INVALID.with(
          "token platform " + login.getPlatformId() + " != platformID " + platform);
    }
    return login;
  }

  /**
   * Registers a connection, so that from now on every push finds it, and ends what it excludes.
   *
   * @throws im.hongyan.wire.error.ImException 1601 when the user has too many, or 500 when presence
   *     does not answer; the connection is then not registered
   */
  void enter(String operationId, ClientConnection connection) {
    if (!registry.add(connection, mostOfUser)) {
      throw ImError.CONN_OVER_MAX_NUM_LIMIT.with("over max conn num limit of a user");
    }
    boolean entered = false;
    try {
      presence.publish(connection.userId(), PRESENCE);
      logins.hold(operationId, connection);
      entered = true;
    } finally {
      if (!entered) {
        registry.remove(connection);
      }
    }
  }
}
