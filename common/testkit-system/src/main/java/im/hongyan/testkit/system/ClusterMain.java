package im.hongyan.testkit.system;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./hongyan bench cluster}: the cluster of the tests, to be measured. */
@Command(
    name = "hongyan bench cluster",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Serves the whole system with every service and every store as a process of its own, and prints their process ids, so that"
            + " scenarios can measure it and an operator can stop or kill any of them. Needs etcd.")
public final class ClusterMain implements Callable<Integer> {
  @Option(names = "--data", paramLabel = "DIR", required = true, description = "folder of all data")
  private Path data = Path.of("");

  @Option(names = "--api-port", paramLabel = "PORT", description = "REST (${DEFAULT-VALUE})")
  private int apiPort = 10_002;

  @Option(names = "--ws-port", paramLabel = "PORT", description = "WebSocket (${DEFAULT-VALUE})")
  private int wsPort = 10_001;

  @Option(
      names = "--twice",
      paramLabel = "SERVICE",
      description = "start a second process of it: RPC_MSG, MSG_TRANSFER or PUSH_SERVICE")
  private List<Cluster.Service> twice = List.of();

  @Option(names = "--heap", paramLabel = "SIZE", description = "of each service (${DEFAULT-VALUE})")
  private String heap = "128m";

  @Option(
      names = "--store-heap",
      paramLabel = "SIZE",
      description = "of each store in Java (${DEFAULT-VALUE})")
  private String storeHeap = "384m";

  private ClusterMain() {}

  /** Runs the command line. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new ClusterMain()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    Cluster cluster =
        new Cluster(data, Jvm.compiled(heap), Jvm.compiled(storeHeap), apiPort, wsPort);
    Runtime.getRuntime().addShutdownHook(new Thread(cluster::close, "stop"));
    for (Cluster.Service service : twice) {
      cluster.startOther(service, service.label() + "-2");
    }
    print(cluster);
    while (System.in.read() >= 0) {
      // Until the end of the input, or a signal.
    }
    return 0;
  }

  private static void print(Cluster cluster) {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    SystemAddress address = cluster.address();
    Map<String, Long> pids = cluster.pids();
    pids.forEach((name, pid) -> out.printf("%-16s %d%n", name, pid));
    out.printf(
        "Cluster serves: --api %s --ws %s --secret '%s' --pids %s%n",
        address.api(),
        address.ws(),
        address.secret(),
        pids.values().stream().map(String::valueOf).collect(Collectors.joining(",")));
  }
}
