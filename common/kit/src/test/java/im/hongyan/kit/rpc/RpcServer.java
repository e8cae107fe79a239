package im.hongyan.kit.rpc;

import com.google.protobuf.DynamicMessage;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.discovery.InProcessLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.config.ShareConfig;
import im.hongyan.wire.error.ImException;
import io.grpc.Channel;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.Map;

/** A real gRPC server in this JVM that answers the rows of a test. Its creator closes it. */
final class RpcServer implements AutoCloseable {
  static final CallContext ALICE = CallContext.user("op", "alice", "Android", "c");
  static final CallContext ADMIN = CallContext.user("op", "imAdmin", "Android", "c");
  static final CallContext NOBODY = CallContext.user("op", "", "", "");
  static final CallContext SERVICE = CallContext.service("op");

  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final Rpcs rpcs;
  private final InProcessLocator locator = new InProcessLocator("n1");
  private boolean serving;

  RpcServer() {
    this(10);
  }

  RpcServer(int maxConcurrentCalls) {
    rpcs = new Rpcs(share(maxConcurrentCalls), meters);
  }

  static ShareConfig share(int maxConcurrentCalls) {
    return ShareConfig.from(
        Settings.load(
            Path.of("none"),
            Map.of(),
            Map.of("share.maxConcurrentCalls", Integer.toString(maxConcurrentCalls))));
  }

  /** Serves what was registered so far, once. */
  Channel channel() {
    if (!serving) {
      locator.serve(ServiceName.MSG, rpcs.services());
      serving = true;
    }
    return locator.channel(ServiceName.MSG);
  }

  /** The text that is answered, or the refusal: code, a blank and the detail. */
  String call(CallContext as, TestMethod method, String request) {
    Channel channel = channel();
    try {
      DynamicMessage response =
          as.call(() -> RpcChannels.call(channel, method.grpc(), method.request(request)));
      return method.text(response);
    } catch (ImException refused) {
      return refused.code() + " " + refused.detail();
    }
  }

  @Override
  public void close() {
    locator.close();
  }
}
