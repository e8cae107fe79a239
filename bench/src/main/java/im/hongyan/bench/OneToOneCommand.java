package im.hongyan.bench;

import im.hongyan.bench.load.Arrivals;
import im.hongyan.bench.measure.Ledger;
import im.hongyan.bench.measure.Report;
import im.hongyan.bench.measure.ReportJson;
import im.hongyan.bench.scenario.LoadRun;
import im.hongyan.bench.scenario.OneToOne;
import im.hongyan.bench.scenario.Target;
import im.hongyan.client.session.LoginOptions.Encoding;
import im.hongyan.wire.error.ImException;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code ./hongyan bench one-to-one}. */
@Command(
    name = "one-to-one",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description =
        "Text messages between users drawn at random, open loop: each has its moment, and its "
            + "latency counts from there. Ends with status 1 when messages are missing or the driver "
            + "itself was too busy for the figures to count (VOID).")
final class OneToOneCommand implements Callable<Integer> {
  private static final int FAILED = 1;

  /** How messages follow each other. */
  enum Spacing {
    CONSTANT,
    POISSON
  }

  /** What users speak. */
  enum Wire {
    GOB(Encoding.GOB_GZIP),
    JSON(Encoding.JSON);

    private final Encoding encoding;

    Wire(Encoding encoding) {
      this.encoding = encoding;
    }
  }

  @Option(names = "--api", paramLabel = "URL", description = "REST API (${DEFAULT-VALUE})")
  private URI api = URI.create("http://127.0.0.1:10002");

  @Option(names = "--ws", paramLabel = "URL", description = "WebSocket (${DEFAULT-VALUE})")
  private URI gateway = URI.create("ws://127.0.0.1:10001");

  @Option(names = "--secret", paramLabel = "S", required = true, description = "shared secret")
  private String secret = "";

  @Option(names = "--admin-id", paramLabel = "ID", description = "administrator (imAdmin)")
  private String adminId = "imAdmin";

  @Option(names = "--users", paramLabel = "N", description = "users online (200)")
  private int users = 200;

  @Option(
      names = "--peers",
      paramLabel = "N",
      description =
          "how many others each user writes to (all): with many users and peers most messages "
              + "are the first of their conversation, which costs the server more")
  private int peers = Integer.MAX_VALUE;

  @Option(names = "--rate", paramLabel = "N", description = "messages per second (500)")
  private double rate = 500;

  @Option(names = "--arrivals", description = "${COMPLETION-CANDIDATES} (constant)")
  private Spacing spacing = Spacing.CONSTANT;

  @Option(
      names = "--duration",
      converter = DurationOption.class,
      description = "measured time (20s)")
  private Duration duration = Duration.ofSeconds(20);

  @Option(
      names = "--warmup",
      converter = DurationOption.class,
      description = "time before it, at the same rate (5s)")
  private Duration warmUp = Duration.ofSeconds(5);

  @Option(
      names = "--drain",
      converter = DurationOption.class,
      description = "longest wait for answers and pushes at the end (10s)")
  private Duration drain = Duration.ofSeconds(10);

  @Option(names = "--encoding", description = "${COMPLETION-CANDIDATES} (gob with gzip, as SDKs)")
  private Wire wire = Wire.GOB;

  @Option(names = "--seed", paramLabel = "N", description = "of pairs and Poisson arrivals")
  private long seed = ThreadLocalRandom.current().nextInt(1_000_000);

  @Option(
      names = "--pids",
      split = ",",
      paramLabel = "PID",
      description = "the server's processes, whose CPU time is measured (Linux)")
  private List<Long> pids = List.of();

  @Option(names = "--json", paramLabel = "FILE", description = "writes the report there too")
  private @Nullable Path json;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = commandLine().getOut();
    PrintWriter err = commandLine().getErr();
    try {
      Report report = run(out);
      report.lines().forEach(out::println);
      out.flush();
      if (json != null) {
        Files.writeString(json, ReportJson.write(report) + "\n");
      }
      return report.passed() ? 0 : FAILED;
    } catch (ImException refused) {
      err.println("hongyan bench: the server refuses: " + refused.getMessage());
      return FAILED;
    } catch (IOException unreachable) {
      err.println("hongyan bench: " + api + " and " + gateway + ": " + unreachable);
      return FAILED;
    }
  }

  private CommandLine commandLine() {
    if (spec == null) {
      throw new IllegalStateException("run by picocli only");
    }
    return spec.commandLine();
  }

  private Report run(PrintWriter out) throws IOException, InterruptedException {
    Target target = new Target(api, gateway, secret, adminId, wire.encoding);
    Ledger ledger = new Ledger(capacity());
    Arrivals arrivals =
        switch (spacing) {
          case CONSTANT -> Arrivals.constant(rate);
          case POISSON -> Arrivals.poisson(rate, seed);
        };
    LoadRun.Plan plan = new LoadRun.Plan(headline(), arrivals, warmUp, duration, drain);
    try (OneToOne scenario = new OneToOne(target, users, peers, seed, ledger)) {
      return new LoadRun(
              plan,
              pids,
              line -> {
                out.println(line);
                out.flush();
              })
          .run(scenario, ledger);
    }
  }

  /** Room for all messages; Poisson arrivals may be some more than planned. */
  private int capacity() {
    double planned = rate * (warmUp.plus(duration).toMillis() / 1e3);
    return (int) (planned + 10 * Math.sqrt(planned) + 100);
  }

  private String headline() {
    return String.format(
        Locale.ROOT,
        "one-to-one --users %d --peers %d --rate %s --arrivals %s --encoding %s --warmup %s --duration %s --seed %d",
        users,
        Math.min(peers, users - 1),
        rate == Math.rint(rate) ? Long.toString((long) rate) : Double.toString(rate),
        spacing.name().toLowerCase(Locale.ROOT),
        wire.name().toLowerCase(Locale.ROOT),
        text(warmUp),
        text(duration),
        seed);
  }

  private static String text(Duration duration) {
    return duration.toString().substring(2).toLowerCase(Locale.ROOT);
  }
}
