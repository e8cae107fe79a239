package im.hongyan.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.protobuf.Descriptors.MethodDescriptor;
import im.hongyan.embedded.DataFolder;
import im.hongyan.embedded.EmbeddedStores;
import im.hongyan.embedded.EmbeddedStores.Kind;
import im.hongyan.kit.config.LocalConfigCentre;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.discovery.InProcessLocator;
import im.hongyan.kit.discovery.MetricsTargets;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.lifecycle.Lifecycle;
import im.hongyan.proto.Declarations;
import io.grpc.Channel;
import io.grpc.ServerServiceDefinition;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Proves that the services as they are started serve every RPC that is built, each by one of them.
 * That they serve it behind the guard of {@link CallerMatrixTest} follows from Rpcs, which alone
 * makes what they serve.
 */
class ServedRpcsIT {
  private static final DataFolder DATA = DataFolder.ephemeral();
  private static final Lifecycle STORES = new Lifecycle();

  /** Every service that keeps rows of rpc-relation in memory is notified that they changed. */
  private static final Set<String> SERVED_BY_EACH_THAT_CACHES =
      Set.of("hongyan.invalidation.CacheInvalidation/Invalidate");

  private static final Map<ServiceName, List<String>> SERVED = new TreeMap<>();

  @BeforeAll
  static void startEveryService() {
    Map<String, String> settings =
        new HashMap<>(EmbeddedStores.start(EnumSet.allOf(Kind.class), DATA, STORES));
    settings.put("gateway.ws.port", "0");
    settings.put("kafka.lanes", "4");
    Settings all = Settings.load(Path.of("none"), Map.of(), settings);
    List<Role.Starter> parts =
        EnumSet.complementOf(EnumSet.of(Role.MSG_TRANSFER, Role.GATEWAY_HTTP)).stream()
            .map(role -> role.prepare(all))
            .toList();
    Lifecycle lifecycle = new Lifecycle();
    try (ServerProcess process =
        new ServerProcess(
            StoresConfig.from(all),
            "node",
            new NotingLocator(),
            lifecycle,
            new LocalConfigCentre(all, null),
            MetricsTargets.NONE,
            Stores.Preparation.MIGRATE)) {
      process.start(parts);
    }
  }

  @AfterAll
  static void stop() throws IOException {
    STORES.close();
    DATA.close();
  }

  @TestFactory
  Stream<DynamicTest> everyBuiltRpcIsServedByOneService() {
    return Declarations.methods().stream()
        .filter(Declarations::isBuilt)
        .map(Declarations::name)
        .map(name ->
            dynamicTest(
                name,
                () ->
                    assertThat(servers(name))
                        .hasSize(SERVED_BY_EACH_THAT_CACHES.contains(name) ? 2 : 1)));
  }

  private static List<ServiceName> servers(String method) {
    return SERVED.entrySet().stream()
        .flatMap(served ->
            served.getValue().stream().filter(method::equals).map(name -> served.getKey()))
        .toList();
  }

  @Test
  void nothingElseIsServedButToBeRefused() {
    List<String> declared = Declarations.methods().stream().map(ServedRpcsIT::name).toList();
    SERVED.values().forEach(names -> assertThat(declared).containsAll(names));
  }

  private static String name(MethodDescriptor method) {
    return Declarations.name(method);
  }

  /** Serves within this JVM and notes what. */
  private static final class NotingLocator implements ServiceLocator {
    private final InProcessLocator locator = new InProcessLocator("node");

    @Override
    public Channel channel(ServiceName service) {
      return locator.channel(service);
    }

    @Override
    public Map<String, Channel> nodes(ServiceName service) {
      return locator.nodes(service);
    }

    @Override
    public void serve(ServiceName service, List<ServerServiceDefinition> definitions) {
      List<String> names = SERVED.computeIfAbsent(service, any -> new ArrayList<>());
      definitions.stream()
          .flatMap(definition -> definition.getMethods().stream())
          .forEach(method -> names.add(method.getMethodDescriptor().getFullMethodName()));
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
}
