package im.hongyan.standalone;

import com.google.protobuf.MessageLite;
import im.hongyan.embedded.DataFolder;
import im.hongyan.embedded.EmbeddedStores;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.config.LocalConfigCentre;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.discovery.InProcessLocator;
import im.hongyan.kit.discovery.MetricsTargets;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.lifecycle.Lifecycle;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.server.AllSettings;
import im.hongyan.server.ServerProcess;
import im.hongyan.server.Stores;
import im.hongyan.testkit.system.RunningSystem;
import im.hongyan.testkit.system.SystemAddress;
import io.grpc.MethodDescriptor;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;

/**
 * The whole system in the test's own JVM, over embedded stores: clients use its sockets, and tests
 * reach the stores beside it and the calls that have no route yet. Its creator closes it.
 */
final class OwnSystem implements AutoCloseable {
  private static final String NODE = "own";

  private final InProcessLocator locator = new InProcessLocator(NODE);
  private final ServerProcess process;

  private OwnSystem(Map<String, String> overrides, Lifecycle lifecycle) {
    Settings settings = Settings.load(Path.of("none.yml"), Map.of(), overrides);
    AllSettings all = AllSettings.read(settings);
    process =
        new ServerProcess(
            all.stores(),
            NODE,
            locator,
            lifecycle,
            new LocalConfigCentre(settings, null),
            MetricsTargets.NONE,
            Stores.Preparation.MIGRATE);
    process.start(all.inOrder());
    process.awaitReady(Duration.ofMinutes(2));
  }

  static OwnSystem start() {
    return start(Map.of());
  }

  /** Starts with settings of its own. */
  static OwnSystem start(Map<String, String> own) {
    Lifecycle lifecycle = new Lifecycle();
    DataFolder data = lifecycle.add("data folder", DataFolder.ephemeral());
    Map<String, String> overrides = new HashMap<>();
    overrides.put("share.secret", RunningSystem.SECRET);
    overrides.put("gateway.http.port", "0");
    overrides.put("gateway.ws.port", "0");
    overrides.putAll(
        EmbeddedStores.start(EnumSet.allOf(EmbeddedStores.Kind.class), data, lifecycle));
    overrides.putAll(own);
    return new OwnSystem(overrides, lifecycle);
  }

  SystemAddress address() {
    return new SystemAddress(
        URI.create("http://127.0.0.1:" + process.port("api")),
        URI.create("ws://127.0.0.1:" + process.port("ws")),
        RunningSystem.SECRET);
  }

  /** What its services work with. */
  Stores stores() {
    return process.stores();
  }

  /** Calls rpc-msg as the HTTP gateway does for a user. */
  <A extends MessageLite, B> B call(String userId, MethodDescriptor<A, B> method, A request) {
    try {
      return CallContext.user("op-" + userId, userId, "Android", "")
          .call(() -> RpcChannels.call(locator.channel(ServiceName.MSG), method, request));
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    process.close();
  }
}
