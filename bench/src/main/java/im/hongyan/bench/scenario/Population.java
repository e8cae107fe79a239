package im.hongyan.bench.scenario;

import im.hongyan.client.rest.AdminApi;
import im.hongyan.client.rest.RestClient;
import im.hongyan.client.session.GatewayConnection;
import im.hongyan.client.session.LoginOptions;
import im.hongyan.client.session.PushListener;
import im.hongyan.wire.id.Platform;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Users of one run, registered, each with at most one connection. Safe for use by several threads,
 * but each user is logged in and out by one at a time. Closing it puts all offline.
 */
final class Population implements AutoCloseable {
  private static final Platform PLATFORM = Platform.ANDROID;

  /** Users registered by one REST call. */
  private static final int REGISTER_SLICE = 200;

  private final Target target;
  private final RestClient rest;
  private final AdminApi admin;
  private final List<String> ids;
  private final AtomicReferenceArray<@Nullable String> tokens;
  private final AtomicReferenceArray<@Nullable GatewayConnection> connections;

  private Population(Target target, RestClient rest, AdminApi admin, List<String> ids) {
    this.target = target;
    this.rest = rest;
    this.admin = admin;
    this.ids = List.copyOf(ids);
    this.tokens = new AtomicReferenceArray<>(ids.size());
    this.connections = new AtomicReferenceArray<>(ids.size());
  }

  /** Registers users named after the run; nobody is online yet. */
  static Population registered(Target target, String runId, int users) throws IOException {
    List<String> ids = new ArrayList<>(users);
    for (int i = 0; i < users; i++) {
      ids.add(runId + "u" + i);
    }
    RestClient rest = new RestClient(target.api());
    try {
      AdminApi admin = AdminApi.login(rest, target.secret(), target.adminId());
      for (int from = 0; from < users; from += REGISTER_SLICE) {
        admin.register(ids.subList(from, Math.min(users, from + REGISTER_SLICE)));
      }
      return new Population(target, rest, admin, ids);
    } catch (IOException | RuntimeException failed) {
      rest.close();
      throw failed;
    }
  }

  int size() {
    return ids.size();
  }

  String id(int user) {
    return ids.get(user);
  }

  Platform platform() {
    return PLATFORM;
  }

  RestClient rest() {
    return rest;
  }

  AdminApi admin() {
    return admin;
  }

  /** The user's login token, fetched once. */
  String token(int user) throws IOException {
    String token = tokens.get(user);
    return token == null ? freshToken(user) : token;
  }

  /** A new login token, as an app server gets one for each login. */
  String freshToken(int user) throws IOException {
    String token = admin.userToken(ids.get(user), PLATFORM);
    tokens.set(user, token);
    return token;
  }

  /** Connects a user with the token it has. */
  GatewayConnection login(int user, PushListener listener) throws IOException {
    LoginOptions login =
        LoginOptions.sdk(target.gateway(), ids.get(user), PLATFORM, token(user))
            .with(target.encoding());
    GatewayConnection connection = GatewayConnection.open(login, listener);
    connections.set(user, connection);
    return connection;
  }

  /** The user's connection; null while it is offline. */
  @Nullable GatewayConnection connection(int user) {
    return connections.get(user);
  }

  /** The user's connection. */
  GatewayConnection online(int user) throws IOException {
    GatewayConnection connection = connections.get(user);
    if (connection == null) {
      throw new IOException(ids.get(user) + " is offline");
    }
    return connection;
  }

  /** Puts a user offline. */
  void logout(int user) {
    GatewayConnection connection = connections.getAndSet(user, null);
    if (connection != null) {
      connection.close();
    }
  }

  @Override
  public void close() {
    for (int user = 0; user < size(); user++) {
      logout(user);
    }
    rest.close();
  }
}
