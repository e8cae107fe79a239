package im.hongyan.kit.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.config.Secret;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.config.ShareConfig;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.kit.rpc.RpcConfig;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.auth.AuthGrpc;
import im.hongyan.proto.auth.parseTokenReq;
import im.hongyan.proto.auth.parseTokenResp;
import im.hongyan.testkit.Eventually;
import io.grpc.Channel;
import io.grpc.ServerServiceDefinition;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** Processes and services for the tests of the locator. */
final class Services {
  static final Secret SECRET = new Secret("of the tests");

  /** Stands before a text, since the RPC takes no empty one. */
  private static final String MARK = "text:";

  private Services() {}

  static RpcConfig config(int port) {
    return new RpcConfig("127.0.0.1", port, "127.0.0.1", 1 << 20);
  }

  static NetworkLocator process(String nodeId, FakeRegistry registry) {
    return new NetworkLocator(nodeId, config(0), SECRET, registry.join());
  }

  /** A service with one method, which answers a text with a text. */
  static ServerServiceDefinition answering(Function<String, String> answer) {
    ShareConfig share = ShareConfig.from(Settings.load(Path.of("none"), Map.of(), Map.of()));
    return new Rpcs(share, new SimpleMeterRegistry())
        .add(rpcs ->
            rpcs.unary(
                AuthGrpc.getParseTokenMethod(),
                (caller, request) ->
                    parseTokenResp
                        .newBuilder()
                        .setUserID(answer.apply(request.getToken().substring(MARK.length())))
                        .build()))
        .services()
        .getFirst();
  }

  /** A call's argument. */
  static parseTokenReq request(String text) {
    return parseTokenReq.newBuilder().setToken(MARK + text).build();
  }

  /** Asks such a service on behalf of a user. */
  static String ask(Channel channel, String userId, String text) {
    return CallContext.user("op-" + userId, userId, "iOS", "conn")
        .call(() ->
            RpcChannels.call(channel, AuthGrpc.getParseTokenMethod(), request(text)).getUserID());
  }

  /** Waits for a condition. */
  static void await(String what, BooleanSupplier condition) {
    Eventually.eventually(() -> assertThat(condition.getAsBoolean()).as(what).isTrue());
  }
}
