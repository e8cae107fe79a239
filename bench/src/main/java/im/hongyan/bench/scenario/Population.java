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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;

/**
 * Users of one run, registered and online, each with one connection. Immutable once made; closing
 * it puts them offline.
 */
final class Population implements AutoCloseable {
  private static final Platform PLATFORM = Platform.ANDROID;

  /** Users registered by one REST call. */
  private static final int REGISTER_SLICE = 200;

  /** Logins at the same time. */
  private static final int PARALLEL_LOGINS = 8;

  private final List<String> ids;
  private final List<GatewayConnection> connections;

  private Population(List<String> ids, List<GatewayConnection> connections) {
    this.ids = ids;
    this.connections = connections;
  }

  /**
   * Registers users named after the run and logs them in, some at a time.
   *
   * @param listeners makes the listener of the user with an index
   */
  static Population online(
      Target target, String runId, int users, IntFunction<PushListener> listeners)
      throws IOException, InterruptedException {
    List<String> ids = new ArrayList<>(users);
    for (int i = 0; i < users; i++) {
      ids.add(id(runId, i));
    }
    try (RestClient rest = new RestClient(target.api())) {
      AdminApi admin = AdminApi.login(rest, target.secret(), target.adminId());
      for (int from = 0; from < users; from += REGISTER_SLICE) {
        admin.register(ids.subList(from, Math.min(users, from + REGISTER_SLICE)));
      }
      return new Population(ids, connect(target, admin, ids, listeners));
    }
  }

  private static List<GatewayConnection> connect(
      Target target, AdminApi admin, List<String> ids, IntFunction<PushListener> listeners)
      throws IOException, InterruptedException {
    List<Future<GatewayConnection>> opening = new ArrayList<>(ids.size());
    List<GatewayConnection> open = new ArrayList<>(ids.size());
    try (ExecutorService threads =
        Executors.newFixedThreadPool(PARALLEL_LOGINS, Thread.ofVirtual().factory())) {
      for (int i = 0; i < ids.size(); i++) {
        String id = ids.get(i);
        PushListener listener = listeners.apply(i);
        opening.add(
            threads.submit(() -> {
              String token = admin.userToken(id, PLATFORM);
              LoginOptions login = LoginOptions.sdk(target.gateway(), id, PLATFORM, token);
              return GatewayConnection.open(login.with(target.encoding()), listener);
            }));
      }
      for (Future<GatewayConnection> future : opening) {
        open.add(future.get());
      }
      return open;
    } catch (ExecutionException failed) {
      opening.forEach(future -> future.cancel(true));
      open.forEach(GatewayConnection::close);
      switch (failed.getCause()) {
        case IOException unreachable -> throw unreachable;
        case RuntimeException refused -> throw refused;
        case null, default -> throw new IOException("a login failed", failed.getCause());
      }
    }
  }

  /** Letters and digits only, which every server takes. */
  static String id(String runId, int user) {
    return runId + "u" + user;
  }

  String id(int user) {
    return ids.get(user);
  }

  GatewayConnection connection(int user) {
    return connections.get(user);
  }

  Platform platform() {
    return PLATFORM;
  }

  @Override
  public void close() {
    connections.forEach(GatewayConnection::close);
  }
}
