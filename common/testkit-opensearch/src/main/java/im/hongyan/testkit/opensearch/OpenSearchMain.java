package im.hongyan.testkit.opensearch;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.opensearch.Version;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.http.HttpServerTransport;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.plugins.PluginInfo;
import org.opensearch.transport.Netty4ModulePlugin;

/**
 * The server's own process: one node, alone in its cluster. It ends when its standard input does,
 * so that it never outlives the test. Argument: the folder of its data.
 */
public final class OpenSearchMain {
  static final String NAME = "im.hongyan.testkit.opensearch.OpenSearchMain";
  static final String LISTENS = "listens at ";

  private OpenSearchMain() {}

  private static final class OneNode extends Node {
    OneNode(Settings settings, Path home) {
      super(environment(settings, home), List.of(netty()), false);
    }

    private static Environment environment(Settings settings, Path home) {
      return InternalSettingsPreparer.prepareEnvironment(
          settings, Map.of(), home, () -> "hongyan-test");
    }

    private static PluginInfo netty() {
      return new PluginInfo(
          "transport-netty4",
          "HTTP",
          "1",
          Version.CURRENT,
          "25",
          Netty4ModulePlugin.class.getName(),
          null,
          List.of(),
          false);
    }
  }

  /** Runs it. */
  @SuppressWarnings("SystemOut")
  public static void main(String[] args) throws Exception {
    Path home = Path.of(args[0]);
    Settings settings =
        Settings.builder()
            .put("path.home", home)
            .put("path.data", home.resolve("data"))
            .put("path.logs", home.resolve("logs"))
            .put("cluster.name", "hongyan-test")
            .put("discovery.type", "single-node")
            .put("network.host", "127.0.0.1")
            .put("http.port", "0")
            .put("transport.port", "0")
            .put("http.type", "netty4")
            .put("transport.type", "netty4")
            // Indices of tests are small, and the machine's disk may be nearly full.
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .build();
    try (Node node = new OneNode(settings, home)) {
      node.start();
      var http = node.injector().getInstance(HttpServerTransport.class).boundAddress();
      System.out.println(LISTENS + "http://127.0.0.1:" + http.publishAddress().getPort());
      while (System.in.read() >= 0) {
        // until the test is over
      }
    }
  }
}
