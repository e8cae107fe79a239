package im.hongyan.bench.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Everything a run gave, ready to be printed.
 *
 * @param command what was run, without secrets
 * @param measuredSeconds length of the window
 * @param measuredMessages messages due within the window
 * @param servedMessages messages received within the window, whenever they were due; what the CPU
 *     time of the window was used for
 * @param counts of the whole run, warm-up included
 * @param driverCpuNanos this process's CPU time in the window
 * @param servers CPU time of the watched processes in the window
 * @param firstProblem why the first message that was refused or failed was; empty when none was
 */
public record Report(
    String command,
    double measuredSeconds,
    long measuredMessages,
    long servedMessages,
    Ledger.Counts counts,
    Latency acknowledgement,
    Latency delivery,
    long driverCpuNanos,
    List<ProcessCpu.Reading> servers,
    String firstProblem) {

  /** Share of a core above which the driver may have been the bottleneck. */
  private static final double MAX_DRIVER_CORES = 0.40;

  /** Copies the list. */
  public Report {
    servers = List.copyOf(servers);
  }

  /** CPU of the driver as a part of one core. */
  public double driverCores() {
    return driverCpuNanos / (measuredSeconds * 1e9);
  }

  /** Whether the figures say nothing, since the driver itself was too busy. */
  public boolean isVoid() {
    return driverCores() > MAX_DRIVER_CORES;
  }

  /** Whether every message arrived and the figures count. */
  public boolean passed() {
    return counts.missing() == 0 && !isVoid();
  }

  /**
   * Milliseconds of CPU that the watched processes used for one message received; 0 without
   * messages. A server that falls behind is not flattered by what it has not done yet.
   */
  public double serverCpuMillisPerMessage() {
    long nanos = servers.stream().mapToLong(ProcessCpu.Reading::cpuNanos).sum();
    return perMessage(nanos);
  }

  private double perMessage(long nanos) {
    return servedMessages == 0 ? 0 : nanos / 1e6 / servedMessages;
  }

  /** The table, as lines of Markdown. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(command);
    lines.add("");
    lines.add("| Latency from the intended moment, ms | Count | p50 | p90 | p99 | p99.9 | max |");
    lines.add("|---|---|---|---|---|---|---|");
    lines.add(row("send -> acknowledged", acknowledgement));
    lines.add(row("send -> received", delivery));
    lines.add("");
    lines.add(countsLine());
    if (!firstProblem.isEmpty()) {
      lines.add("first problem: " + firstProblem);
    }
    if (!servers.isEmpty()) {
      lines.add(
          "server CPU: "
              + fixed(3, serverCpuMillisPerMessage())
              + " ms per message, at "
              + fixed(0, servedMessages / measuredSeconds)
              + " received/s");
      for (ProcessCpu.Reading server : servers) {
        String used = fixed(3, perMessage(server.cpuNanos()));
        lines.add("  " + server.name() + " (" + server.pid() + "): " + used + " ms");
      }
    }
    lines.add("driver CPU: " + percent(driverCores()) + " of a core");
    if (counts.missing() > 0) {
      lines.add("FAILED: messages are missing");
    }
    if (isVoid()) {
      lines.add("VOID: the driver used more than " + percent(MAX_DRIVER_CORES) + " of a core");
    }
    return lines;
  }

  private String countsLine() {
    return "sent %d (%d of them measured, %s/s), acknowledged %d, refused %d, received %d, missing %d, duplicates %d"
        .formatted(
            counts.sent(),
            measuredMessages,
            fixed(0, measuredMessages / measuredSeconds),
            counts.acknowledged(),
            counts.refused(),
            counts.received(),
            counts.missing(),
            counts.duplicates());
  }

  private static String row(String name, Latency latency) {
    return String.join(
        " | ",
        "| " + name,
        Long.toString(latency.count()),
        millis(latency.p50Micros()),
        millis(latency.p90Micros()),
        millis(latency.p99Micros()),
        millis(latency.p999Micros()),
        millis(latency.maxMicros()) + " |");
  }

  private static String millis(long micros) {
    return fixed(2, micros / 1e3);
  }

  private static String percent(double part) {
    return fixed(0, part * 100) + " %";
  }

  private static String fixed(int digits, double value) {
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }
}
