package im.hongyan.bench;

import im.hongyan.bench.load.Arrivals;
import im.hongyan.bench.measure.Driver;
import im.hongyan.bench.scenario.LoadRun;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Option;

/** How fast and how long, and what is watched meanwhile. */
final class LoadOptions {
  /** How messages follow each other. */
  enum Spacing {
    CONSTANT,
    POISSON
  }

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "messages, logins, calls … per second (500)")
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

  @Option(names = "--seed", paramLabel = "N", description = "of everything drawn at random")
  private long seed = ThreadLocalRandom.current().nextInt(1_000_000);

  @Option(
      names = "--pids",
      split = ",",
      paramLabel = "PID",
      description = "the server's processes, whose CPU time and memory are measured (Linux)")
  private List<Long> pids = List.of();

  @Option(
      names = "--max-driver-cores",
      paramLabel = "N",
      description = "CPU of the driver, as a part of a core, above which a run is void (0.4)")
  private double maxDriverCores = Driver.MAX_CORES;

  double rate() {
    return rate;
  }

  long seed() {
    return seed;
  }

  List<Long> pids() {
    return pids;
  }

  LoadRun.Plan plan(String headline, double atRate) {
    Arrivals arrivals =
        switch (spacing) {
          case CONSTANT -> Arrivals.constant(atRate);
          case POISSON -> Arrivals.poisson(atRate, seed);
        };
    return new LoadRun.Plan(headline, arrivals, warmUp, duration, drain, maxDriverCores);
  }

  /** Room for all messages at a rate; Poisson arrivals may be some more than planned. */
  int capacity(double atRate) {
    double planned = atRate * (warmUp.plus(duration).toMillis() / 1e3);
    return (int) (planned + 10 * Math.sqrt(planned) + 100);
  }

  String headline(double atRate) {
    return "--rate %s --arrivals %s --warmup %s --duration %s --seed %d"
        .formatted(
            Texts.of(atRate), Texts.lower(spacing), Texts.of(warmUp), Texts.of(duration), seed);
  }
}
