package im.hongyan.bench;

import im.hongyan.bench.load.Ramp;
import im.hongyan.bench.measure.Report;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Whether the highest rate is looked for, and what it has to hold. */
final class RampOptions {
  private static final double FACTOR = 1.5;
  private static final int REFINEMENTS = 3;

  @Option(
      names = "--ramp-to",
      paramLabel = "N",
      description =
          "looks for the highest rate from --rate up to this one that keeps --bound; each try is "
              + "a run with users of its own")
  private @Nullable Double highest;

  @Option(
      names = "--bound",
      converter = DurationOption.class,
      description = "latency that 99 of 100 may take at most")
  private Duration bound = Duration.ofMillis(50);

  boolean wanted() {
    return highest != null;
  }

  Ramp ramp(double from) {
    return new Ramp(from, highest == null ? from : highest, FACTOR, REFINEMENTS);
  }

  boolean holds(Report report) {
    return report.passed()
        && report.counts().refused() == 0
        && report.felt().p99Micros() * 1_000 <= bound.toNanos();
  }

  String boundText() {
    return bound.toMillis() + " ms";
  }
}
