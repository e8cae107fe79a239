package im.hongyan.gatewayws.login;

import im.hongyan.gatewayws.connection.ClientConnection;
import im.hongyan.gatewayws.connection.ConnectionRegistry;
import im.hongyan.proto.gatewaypeer.ClosedConnection;
import im.hongyan.proto.gatewaypeer.LoginCheck;
import im.hongyan.proto.gatewaypeer.LoginVerdict;
import im.hongyan.proto.login.EndedToken;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.Platform;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds a user's logins against each other, on this gateway and the others (websocket.md 6.4, 6.5).
 *
 * <p>Two logins that exclude each other always meet: each is registered here and in presence before
 * it asks who else holds the user, so the later of the two registrations sees the earlier. Whoever
 * sees the other, the one with the smaller epoch ends, whichever asked. A connection is closed and
 * a token ended only by a login with a larger epoch, so that a late kick cannot hit a newer login.
 * Safe for use by several threads; methods block.
 */
public final class LoginService {
  private static final Logger LOG = LoggerFactory.getLogger(LoginService.class);
  private static final long PEER_MILLIS = 3_000;

  private final LoginRules rules;
  private final ConnectionRegistry registry;
  private final LoginPeers peers;
  private final Fences fences;
  private final Consumer<ClientConnection> kicked;
  private final ExecutorService threads;

  /**
   * Creates a service.
   *
   * @param kicked called with each connection that is ended; must not block
   * @param threads run the questions to other gateways
   */
  public LoginService(
      LoginRules rules,
      ConnectionRegistry registry,
      LoginPeers peers,
      InstantSource clock,
      Consumer<ClientConnection> kicked,
      ExecutorService threads) {
    this.rules = rules;
    this.registry = registry;
    this.peers = peers;
    this.kicked = kicked;
    this.threads = threads;
    fences = new Fences(clock);
  }

  /** Ends what a connection that is registered excludes, or the connection itself. */
  public void hold(String operationId, ClientConnection fresh) {
    if (fences.ended(fresh.userId(), fresh.platform(), fresh.epoch())) {
      kick(fresh);
      return;
    }
    LoginCheck check =
        LoginCheck.newBuilder()
            .setUserId(fresh.userId())
            .setPlatformId(fresh.platform().number())
            .setTokenHash(fresh.tokenHash())
            .setEpoch(fresh.epoch())
            .build();
    List<LoginVerdict> verdicts = new ArrayList<>();
    verdicts.add(check(check));
    verdicts.addAll(askOthers(operationId, check));
    long newest = 0;
    List<EndedToken> ended = new ArrayList<>();
    for (LoginVerdict verdict : verdicts) {
      newest = Math.max(newest, verdict.getSupersededBy());
      verdict.getClosedList().forEach(closed -> ended.add(ended(check, closed)));
    }
    if (newest > 0) {
      kick(fresh);
      ended.add(
          EndedToken.newBuilder()
              .setUserId(fresh.userId())
              .setPlatformId(check.getPlatformId())
              .setTokenHash(fresh.tokenHash())
              .setEpoch(newest)
              .build());
    }
    if (!ended.isEmpty()) {
      endTokens(operationId, ended);
    }
  }

  private static EndedToken ended(LoginCheck login, ClosedConnection closed) {
    return EndedToken.newBuilder()
        .setUserId(login.getUserId())
        .setPlatformId(closed.getPlatformId())
        .setTokenHash(closed.getTokenHash())
        .setEpoch(login.getEpoch())
        .build();
  }

  private void endTokens(String operationId, List<EndedToken> ended) {
    try {
      peers.endTokens(operationId, ended);
    } catch (ImException e) {
      LOG.warn("tokens of closed connections stay usable: {}", e.detail());
    }
  }

  private List<LoginVerdict> askOthers(String operationId, LoginCheck check) {
    Set<String> nodes = peers.holders(check.getUserId());
    if (nodes.isEmpty()) {
      return List.of();
    }
    List<Future<LoginVerdict>> asked =
        nodes.stream()
            .map(node -> threads.submit(() -> peers.check(operationId, node, check)))
            .toList();
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PEER_MILLIS);
    List<LoginVerdict> verdicts = new ArrayList<>();
    for (Future<LoginVerdict> answer : asked) {
      try {
        verdicts.add(answer.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS));
      } catch (ExecutionException e) {
        LOG.warn("a gateway did not take a login: {}", String.valueOf(e.getCause()));
      } catch (TimeoutException e) {
        answer.cancel(true);
        LOG.warn("a gateway did not take a login within {} ms", PEER_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return verdicts;
  }

  /** Holds a login, from here or another gateway, against the connections here. */
  public LoginVerdict check(LoginCheck login) {
    LoginVerdict.Builder verdict = LoginVerdict.newBuilder();
    Platform platform = platform(login.getPlatformId());
    for (ClientConnection other : registry.of(login.getUserId())) {
      if (other.tokenHash().equals(login.getTokenHash())) {
        continue;
      }
      if (other.epoch() < login.getEpoch()) {
        if (rules.ends(platform, other.platform())) {
          kick(other);
          verdict.addClosed(
              ClosedConnection.newBuilder()
                  .setPlatformId(other.platform().number())
                  .setTokenHash(other.tokenHash()));
        }
      } else if (rules.ends(other.platform(), platform)) {
        verdict.setSupersededBy(Math.max(verdict.getSupersededBy(), other.epoch()));
      }
    }
    return verdict.build();
  }

  /** Closes all connections of a user on a platform up to an epoch, also those on their way in. */
  public void close(String userId, Platform platform, long epoch) {
    fences.raise(userId, platform, epoch);
    for (ClientConnection connection : registry.of(userId)) {
      if (connection.platform() == platform && connection.epoch() <= epoch) {
        kick(connection);
      }
    }
  }

  /** Closes connections of users on a platform, whatever their epoch. */
  public void closeAll(List<String> userIds, Platform platform) {
    userIds.forEach(user ->
        registry.of(user).stream().filter(c -> c.platform() == platform).forEach(this::kick));
  }

  private void kick(ClientConnection connection) {
    connection.kick();
    if (registry.remove(connection)) {
      kicked.accept(connection);
    }
  }

  /**
   * The platform of a number that has been checked.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static Platform platform(int number) {
    return Platform.of(number)
        .orElseThrow(() -> new IllegalArgumentException("no platform " + number));
  }
}
