package im.hongyan.benchservers;

import im.hongyan.embedded.DataFolder;
import im.hongyan.embedded.EmbeddedStores;
import im.hongyan.kit.config.LocalConfigCentre;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.discovery.InProcessLocator;
import im.hongyan.kit.discovery.MetricsTargets;
import im.hongyan.kit.lifecycle.Lifecycle;
import im.hongyan.kit.logging.Logging;
import im.hongyan.server.Role;
import im.hongyan.server.ServerProcess;
import im.hongyan.server.Stores;
import im.hongyan.server.StoresConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./hongyan bench outage}: the whole system in one JVM, whose sequencer can be stopped. */
@Command(
    name = "hongyan bench outage",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Serves the whole system over throw-away stores, as run --ephemeral does. The line 'stop' on standard input stops"
            + " msg-transfer, so that messages pile up in front of it; 'start' starts it again; the end of the input ends all.")
public final class StoppableSequencer implements Callable<Integer> {
  private static final String NODE = "standalone";
  private static final Duration READY_LIMIT = Duration.ofSeconds(60);

  @Option(names = "--api-port", paramLabel = "PORT", description = "REST (${DEFAULT-VALUE})")
  private int apiPort = 10_002;

  @Option(names = "--ws-port", paramLabel = "PORT", description = "WebSocket (${DEFAULT-VALUE})")
  private int wsPort = 10_001;

  private final PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
  private @Nullable ServerProcess sequencer;

  private StoppableSequencer() {}

  /** Runs the command line. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new StoppableSequencer()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    Lifecycle lifecycle = new Lifecycle();
    Runtime.getRuntime().addShutdownHook(new Thread(lifecycle::close, "stop"));
    Settings settings = settings(lifecycle);
    Logging.start(settings);
    start(settings, EnumSet.complementOf(EnumSet.of(Role.MSG_TRANSFER)), lifecycle);
    startSequencer(settings);
    out.printf("Hongyan serves on ports %d and %d%n", apiPort, wsPort);
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      switch (line.strip()) {
        case "stop" -> stopSequencer();
        case "start" -> startSequencer(settings);
        default -> out.println("lines are: stop, start");
      }
    }
    stopSequencer();
    return 0;
  }

  private Settings settings(Lifecycle lifecycle) {
    Map<String, String> overrides =
        new HashMap<>(
            EmbeddedStores.start(
                EnumSet.allOf(EmbeddedStores.Kind.class),
                lifecycle.add("data folder", DataFolder.ephemeral()),
                lifecycle));
    overrides.put("gateway.http.port", Integer.toString(apiPort));
    overrides.put("gateway.ws.port", Integer.toString(wsPort));
    return Settings.load(Path.of("config/hongyan.yml"), System.getenv(), overrides);
  }

  private static ServerProcess start(Settings settings, Set<Role> roles, Lifecycle lifecycle) {
    ServerProcess process =
        new ServerProcess(
            StoresConfig.from(settings),
            NODE,
            new InProcessLocator(NODE),
            lifecycle,
            new LocalConfigCentre(settings, null),
            MetricsTargets.NONE,
            Stores.Preparation.MIGRATE);
    process.start(roles.stream().map(role -> role.prepare(settings)).toList());
    process.awaitReady(READY_LIMIT);
    return process;
  }

  private void startSequencer(Settings settings) {
    if (sequencer == null) {
      sequencer = start(settings, EnumSet.of(Role.MSG_TRANSFER), new Lifecycle());
      out.println("msg-transfer runs");
    }
  }

  private void stopSequencer() {
    if (sequencer != null) {
      sequencer.close();
      sequencer = null;
      out.println("msg-transfer is stopped");
    }
  }
}
