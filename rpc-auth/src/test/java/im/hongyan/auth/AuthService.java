package im.hongyan.auth;

import im.hongyan.auth.login.FakeTokenStore;
import im.hongyan.auth.login.LoginPolicy;
import im.hongyan.auth.login.TokenStore;
import im.hongyan.auth.login.Tokens;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.config.MultiLogin;
import im.hongyan.kit.config.Secret;
import im.hongyan.kit.config.ShareConfig;
import im.hongyan.kit.discovery.InProcessLocator;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.lifecycle.Lifecycle;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.kit.service.Readiness;
import im.hongyan.kit.service.ServiceContext;
import im.hongyan.proto.sdkws.UserInfo;
import im.hongyan.proto.user.getDesignateUsersReq;
import im.hongyan.proto.user.getDesignateUsersResp;
import im.hongyan.proto.user.userGrpc;
import im.hongyan.testkit.TestClock;
import io.grpc.Channel;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * rpc-auth behind its real gRPC server and guard, over a store in memory, with users and gateways
 * of the test. Its creator closes it.
 */
final class AuthService implements AutoCloseable {
  static final String SECRET = "the right one";

  final TestClock clock = new TestClock(Instant.parse("2026-01-01T00:00:00Z"));
  final FakeTokenStore store = new FakeTokenStore(clock);
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();

  /** Users that exist, with their levels. */
  final Map<String, Integer> users = new ConcurrentHashMap<>();

  final Map<String, GatewayDouble> gateways = new ConcurrentHashMap<>();
  private final InProcessLocator locator = new InProcessLocator("test");

  AuthService() {
    this(null);
  }

  /** Over another store than the one in memory. */
  AuthService(@org.jspecify.annotations.Nullable TokenStore other) {
    ShareConfig share =
        new ShareConfig(
            new Secret(SECRET),
            List.of(Tokens.ADMIN, "ghost"),
            List.of("a", "b"),
            new MultiLogin(1, 30),
            100);
    AuthConfig config = new AuthConfig(share, Tokens.VALIDITY, new LoginPolicy(1, 30));
    ServiceContext services =
        new ServiceContext("test", clock, meters, new Nodes(), new Lifecycle(), new Readiness());
    locator.serve(ServiceName.RELATION, List.of(new Users().bindService()));
    AuthModule.start(config, services, other == null ? store : other);
  }

  /** Calls as one of our services. */
  <A, B> B asService(MethodDescriptor<A, B> method, A request) {
    return as(CallContext.service("op"), method, request);
  }

  /** Calls as a user; nobody where the id is empty. */
  <A, B> B as(String user, MethodDescriptor<A, B> method, A request) {
    return as(CallContext.user("op", user, "", ""), method, request);
  }

  private <A, B> B as(CallContext context, MethodDescriptor<A, B> method, A request) {
    try {
      return context.call(
          () -> RpcChannels.call(locator.channel(ServiceName.AUTH), method, request));
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private final class Users extends userGrpc.userImplBase {
    @Override
    public void getDesignateUsers(
        getDesignateUsersReq request, StreamObserver<getDesignateUsersResp> reply) {
      var answer = getDesignateUsersResp.newBuilder();
      for (String id : request.getUserIDsList()) {
        Integer level = users.get(id);
        if (level != null) {
          answer.addUsersInfo(UserInfo.newBuilder().setUserID(id).setAppMangerLevel(level));
        }
      }
      reply.onNext(answer.build());
      reply.onCompleted();
    }
  }

  /** The locator of one JVM, with as many gateways as the test wants. */
  private final class Nodes implements ServiceLocator {
    @Override
    public Channel channel(ServiceName service) {
      return locator.channel(service);
    }

    @Override
    public Map<String, Channel> nodes(ServiceName service) {
      Map<String, Channel> nodes = new ConcurrentHashMap<>();
      gateways.forEach((name, gateway) -> nodes.put(name, gateway.channel()));
      return service == ServiceName.GATEWAY_WS ? nodes : Map.of();
    }

    @Override
    public void serve(ServiceName service, List<ServerServiceDefinition> definitions) {
      locator.serve(service, definitions);
    }

    @Override
    public void withdraw() {
      locator.withdraw();
    }

    @Override
    public void close() {
      locator.close();
    }
  }

  @Override
  public void close() {
    gateways.values().forEach(GatewayDouble::close);
    locator.close();
  }
}
