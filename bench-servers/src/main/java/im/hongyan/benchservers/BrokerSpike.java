package im.hongyan.benchservers;

import im.hongyan.bench.DurationOption;
import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.embedded.DataFolder;
import im.hongyan.embedded.EmbeddedStores;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.lifecycle.Lifecycle;
import im.hongyan.kit.logging.Logging;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./hongyan bench broker}: what the two hops through the in-JVM broker cost. */
@Command(
    name = "hongyan bench broker",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Starts the embedded Kafka in this JVM and sends records of 300 bytes through it twice: "
            + "produce, fetch, produce, fetch, as a message goes. Latency counts from the intended moment.")
public final class BrokerSpike implements Callable<Integer> {
  private static final int SHOWN_GROUPS = 10;

  @Option(
      names = "--rate",
      split = ",",
      paramLabel = "N",
      description = "records per second, one after the other (250,1000,2000)")
  private List<Integer> rates = List.of(250, 1_000, 2_000);

  @Option(
      names = "--duration",
      converter = DurationOption.class,
      description = "measured time of each rate (20s)")
  private Duration duration = Duration.ofSeconds(20);

  @Option(
      names = "--warmup",
      converter = DurationOption.class,
      description = "time before each that does not count (10s)")
  private Duration warmUp = Duration.ofSeconds(10);

  private BrokerSpike() {}

  /** Runs the command line. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new BrokerSpike()).execute(arguments));
  }

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    Logging.start(Settings.load(Path.of("config/hongyan.yml"), System.getenv(), Map.of()));
    Map<String, String> embedded;
    long missing = 0;
    try (Lifecycle lifecycle = new Lifecycle()) {
      DataFolder data = lifecycle.add("data folder", DataFolder.ephemeral());
      embedded = EmbeddedStores.start(EnumSet.of(EmbeddedStores.Kind.KAFKA), data, lifecycle);
      KafkaConfig config =
          KafkaConfig.from(Settings.load(Path.of("config/none.yml"), Map.of(), embedded));
      BrokerLoad load = new BrokerLoad(config, lifecycle);
      out.println("rate | hop | p50 ms | p90 ms | p99 ms | p99.9 ms | max ms | CPU ms per record");
      for (int rate : rates) {
        BrokerLoad.Result result = load.run(rate, warmUp, duration);
        print(out, result);
        missing += result.missing();
      }
    }
    return missing == 0 ? 0 : 1;
  }

  private static void print(PrintWriter out, BrokerLoad.Result result) {
    row(out, result.ratePerSecond(), "acknowledged", result.acknowledged(), "");
    String cpu = millis(result.cpu().totalNanos() / 1_000 / result.measured());
    row(out, result.ratePerSecond(), "both hops", result.received(), cpu);
    int shown = 0;
    for (var group : result.cpu().largestFirst().entrySet()) {
      if (shown++ < SHOWN_GROUPS) {
        double share = 100.0 * group.getValue() / result.cpu().totalNanos();
        out.printf(Locale.ROOT, "  %5.1f %% of the CPU: %s%n", share, group.getKey());
      }
    }
    if (result.missing() > 0) {
      out.printf(Locale.ROOT, "  MISSING: %d records%n", result.missing());
    }
    out.flush();
  }

  private static void row(PrintWriter out, int rate, String hop, Histogram latency, String cpu) {
    out.printf(
        Locale.ROOT,
        "%d | %s | %s | %s | %s | %s | %s | %s%n",
        rate,
        hop,
        millis(latency.getValueAtPercentile(50)),
        millis(latency.getValueAtPercentile(90)),
        millis(latency.getValueAtPercentile(99)),
        millis(latency.getValueAtPercentile(99.9)),
        millis(latency.getMaxValue()),
        cpu);
  }

  private static String millis(long micros) {
    return String.format(Locale.ROOT, "%.3f", micros / 1_000.0);
  }
}
