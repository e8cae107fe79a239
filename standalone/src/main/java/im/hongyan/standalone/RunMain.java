package im.hongyan.standalone;

import im.hongyan.kit.config.ConfigFile;
import im.hongyan.server.Program;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./hongyan run}: starts the whole system and runs until a signal. */
@Command(
    name = "hongyan run",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Starts the whole system on this machine and runs until it is stopped.")
public final class RunMain implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(RunMain.class);

  @Option(names = "--data", paramLabel = "DIR", description = "folder of all data (./data)")
  private @Nullable Path data;

  @Option(names = "--ephemeral", description = "keep nothing when it stops")
  private boolean ephemeral;

  @Option(names = "--config", paramLabel = "FILE", description = "settings (config/hongyan.yml)")
  private @Nullable Path config;

  @Option(names = "--api-port", paramLabel = "PORT", description = "port of the REST API (10002)")
  private @Nullable Integer apiPort;

  @Option(names = "--ws-port", paramLabel = "PORT", description = "port of the WebSocket (10001)")
  private @Nullable Integer wsPort;

  @Option(
      names = "--secret",
      paramLabel = "SECRET",
      description = "shared secret; better given as HONGYAN_SHARE_SECRET, unseen by others")
  private @Nullable String secret;

  private RunMain() {}

  /** Runs the command line. */
  public static void main(String[] arguments) {
    Program.run(new RunMain(), arguments);
  }

  @Override
  public Integer call() {
    if (ephemeral && data != null) {
      return Program.refuse("--ephemeral keeps nothing and takes no --data");
    }
    Path kept = data == null ? Path.of("data") : data;
    long started = System.nanoTime();
    return Program.serve(
        () ->
            Standalone.start(
                new Standalone.Options(
                    ConfigFile.chosen(config),
                    System.getenv(),
                    overrides(),
                    ephemeral ? Optional.empty() : Optional.of(kept))),
        standalone ->
            LOG.info(
                "Hongyan serves after {} ms: REST {}, WebSocket {}, data {}",
                Duration.ofNanos(System.nanoTime() - started).toMillis(),
                standalone.api(),
                standalone.webSocket(),
                ephemeral ? "thrown away at the end" : kept.toAbsolutePath()));
  }

  private Map<String, String> overrides() {
    Map<String, String> overrides = new HashMap<>();
    if (apiPort != null) {
      overrides.put("gateway.http.port", apiPort.toString());
    }
    if (wsPort != null) {
      overrides.put("gateway.ws.port", wsPort.toString());
    }
    if (secret != null) {
      overrides.put("share.secret", secret);
    }
    return overrides;
  }
}
