package im.hongyan.gatewayws.login;

import com.google.protobuf.ByteString;
import im.hongyan.gatewayws.connection.ClientConnection;
import im.hongyan.gatewayws.connection.ConnectionRegistry;
import im.hongyan.gatewayws.connection.FrameEncoding;
import im.hongyan.gatewayws.connection.GatewayLoop;
import im.hongyan.gatewayws.fixture.Loops;
import im.hongyan.gatewayws.metrics.GatewayMeters;
import im.hongyan.proto.gatewaypeer.LoginCheck;
import im.hongyan.proto.gatewaypeer.LoginVerdict;
import im.hongyan.proto.login.ConnectAnswer;
import im.hongyan.proto.login.EndedToken;
import im.hongyan.wire.id.Platform;
import im.hongyan.wire.token.TokenHash;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Three gateways with the real login service, and around them rpc-auth and presence as their
 * contracts have them, in one thread of events that chance orders.
 */
final class LoginWorld {
  static final String USER = "u";
  static final List<String> NODES = List.of("a", "b", "c");

  /** A rule that can be left out, to show that the schedules notice. */
  enum Without {
    NOTHING,
    /** Kicks end tokens although these have logged in anew. */
    TOKEN_FENCE,
    /** Presence is told after the others were asked. */
    PRESENCE_FIRST,
    /** A login that meets a newer one lives on. */
    YIELDING,
    /** A forced log-out closes only what is registered already. */
    FENCE
  }

  /** A login that came through. */
  record Login(String token, Platform platform, long epoch, String node) {}

  final Set<Long> left = new HashSet<>();
  final List<Login> logins = new ArrayList<>();
  final Map<Platform, Long> forced = new HashMap<>();
  private final Actors actors;
  private final LoginRules rules;
  private final Without without;
  private final Map<String, Node> nodes = new HashMap<>();
  private final Map<ByteString, Long> lastLogins = new HashMap<>();
  private final Set<ByteString> ended = new HashSet<>();
  private final Set<String> present = new TreeSet<>();
  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final GatewayMeters meters = new GatewayMeters(new SimpleMeterRegistry());
  private final GatewayLoop loop;
  private long epochs;

  private record Node(ConnectionRegistry registry, LoginService service) {}

  LoginWorld(int policy, Without without, Random random) {
    this.without = without;
    rules = new LoginRules(policy);
    actors = new Actors(random);
    loop = Loops.roomy(channel.eventLoop(), 1_000);
    for (String node : NODES) {
      ConnectionRegistry registry = new ConnectionRegistry(new SimpleMeterRegistry());
      nodes.put(
          node,
          new Node(
              registry,
              new LoginService(
                  rules, registry, new Peers(node), InstantSource.system(), c -> {}, INLINE)));
    }
  }

  /** A client connects to a node with a token. */
  void login(String node, Platform platform, String token) {
    actors.add(() -> {
      actors.step();
      ByteString hash = TokenHash.of(token);
      if (ended.contains(hash)) {
        return;
      }
      long epoch = ++epochs;
      lastLogins.put(hash, epoch);
      ClientConnection connection =
          new ClientConnection(
              new ClientConnection.Identity(
                  "c" + epoch, USER, platform, FrameEncoding.of(false, false), hash, epoch, null),
              channel,
              loop,
              meters);
      actors.step();
      node(node).registry().add(connection, 100);
      logins.add(new Login(token, platform, epoch, node));
      if (without == Without.PRESENCE_FIRST) {
        node(node).service().hold("op", connection);
      }
      actors.step();
      present.add(node);
      if (without != Without.PRESENCE_FIRST) {
        node(node).service().hold("op", connection);
      }
    });
  }

  /** One of the connections of a node goes away by itself. */
  void disconnect(String node) {
    actors.add(() -> {
      actors.step();
      node(node).registry().of(USER).stream()
          .findAny()
          .ifPresent(connection -> {
            left.add(connection.epoch());
            node(node).registry().remove(connection);
          });
      actors.step();
      if (node(node).registry().of(USER).isEmpty()) {
        present.remove(node);
      }
    });
  }

  /** An administrator ends a platform: tokens first, then every gateway up to an epoch. */
  void forceLogout(Platform platform, List<String> tokens) {
    actors.add(() -> {
      actors.step();
      tokens.forEach(token -> ended.add(TokenHash.of(token)));
      long epoch = ++epochs;
      forced.merge(platform, epoch, Math::max);
      for (String node : NODES) {
        actors.step();
        if (without == Without.FENCE) {
          node(node).service().closeAll(List.of(USER), platform);
        } else {
          node(node).service().close(USER, platform, epoch);
        }
      }
    });
  }

  void run() {
    actors.run();
    channel.runPendingTasks();
  }

  /** The connections that are left, on all nodes. */
  List<ClientConnection> live() {
    return nodes.values().stream().flatMap(node -> node.registry().of(USER).stream()).toList();
  }

  boolean ended(ByteString hash) {
    return ended.contains(hash);
  }

  long lastLogin(ByteString hash) {
    return lastLogins.getOrDefault(hash, 0L);
  }

  boolean ends(Platform newer, Platform older) {
    return rules.ends(newer, older);
  }

  private Node node(String id) {
    Node node = nodes.get(id);
    if (node == null) {
      throw new IllegalArgumentException(id);
    }
    return node;
  }

  private final class Peers implements LoginPeers {
    private final String self;

    Peers(String self) {
      this.self = self;
    }

    @Override
    public ConnectAnswer connect(String operationId, String token) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void endTokens(String operationId, List<EndedToken> tokens) {
      for (EndedToken token : tokens) {
        actors.step();
        boolean anew = lastLogin(token.getTokenHash()) > token.getEpoch();
        if (!anew || without == Without.TOKEN_FENCE) {
          ended.add(token.getTokenHash());
        }
      }
    }

    @Override
    public Set<String> holders(String userId) {
      actors.step();
      Set<String> others = new TreeSet<>(present);
      others.remove(self);
      return others;
    }

    @Override
    public LoginVerdict check(String operationId, String nodeId, LoginCheck login) {
      actors.step();
      LoginVerdict verdict = node(nodeId).service().check(login);
      actors.step();
      return without == Without.YIELDING
          ? verdict.toBuilder().clearSupersededBy().build()
          : verdict;
    }
  }

  /** Runs each task where it is submitted, so that only actors are threads. */
  private static final AbstractExecutorService INLINE =
      new AbstractExecutorService() {
        @Override
        public void execute(Runnable task) {
          task.run();
        }

        @Override
        public void shutdown() {}

        @Override
        public List<Runnable> shutdownNow() {
          return List.of();
        }

        @Override
        public boolean isShutdown() {
          return false;
        }

        @Override
        public boolean isTerminated() {
          return false;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
          return true;
        }
      };

  /** What does not hold at the end; empty for a good end. */
  List<String> violations() {
    List<String> violations = new ArrayList<>();
    List<ClientConnection> live = live();
    for (ClientConnection newer : live) {
      live.stream()
          .filter(older -> older.epoch() < newer.epoch())
          .filter(older -> !older.tokenHash().equals(newer.tokenHash()))
          .filter(older -> ends(newer.platform(), older.platform()))
          .forEach(older ->
              violations.add(newer.epoch() + " and " + older.epoch() + " live side by side"));
    }
    Set<Long> living = new HashSet<>(live.stream().map(ClientConnection::epoch).toList());
    for (Login login : logins) {
      boolean lives = living.contains(login.epoch());
      long force = forced.getOrDefault(login.platform(), 0L);
      // A newer login that has gone meanwhile may have ended the token and left no connection.
      if (lives && ended(TokenHash.of(login.token())) && newer(login).findAny().isEmpty()) {
        violations.add("the token of " + login.epoch() + ", the newest, was ended");
      }
      if (lives && force > login.epoch()) {
        violations.add(login.epoch() + " outlived a forced log-out");
      }
      boolean mayEnd =
          left.contains(login.epoch())
              || force > login.epoch()
              || newer(login).findAny().isPresent();
      if (!lives && !mayEnd) {
        violations.add(login.epoch() + " was closed although nothing newer excludes it");
      }
      ByteString hash = TokenHash.of(login.token());
      boolean closedByNewer =
          !lives && !left.contains(login.epoch()) && lastLogin(hash) == login.epoch();
      if (closedByNewer && !ended(hash)) {
        violations.add("the token of " + login.epoch() + ", which was kicked, is good");
      }
    }
    return violations;
  }

  private Stream<Login> newer(Login login) {
    return logins.stream()
        .filter(other -> other.epoch() > login.epoch())
        .filter(other -> !other.token().equals(login.token()))
        .filter(other -> ends(other.platform(), login.platform()));
  }
}
