package im.hongyan.bench.measure;

import im.hongyan.bench.check.rule.Verdict;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything a run gave, ready to be printed.
 *
 * @param command what was run, without secrets
 * @param measuredSeconds length of the window
 * @param measuredMessages messages due within the window
 * @param servedMessages messages received within the window, whenever they were due; what the CPU
 *     time of the window was used for
 * @param counts of the whole run, warm-up included
 * @param driver this process
 * @param servers CPU time of the watched processes in the window, and their largest memory
 * @param notes what only this scenario has to report, as lines
 * @param verdict of the checker; null when it was not asked
 * @param firstProblem why the first message that was refused or failed was; empty when none was
 */
public record Report(
    String command,
    Labels labels,
    double measuredSeconds,
    long measuredMessages,
    long servedMessages,
    Ledger.Counts counts,
    Latency acknowledgement,
    Latency delivery,
    Driver driver,
    List<ProcessCpu.Reading> servers,
    List<String> notes,
    @Nullable Verdict verdict,
    String firstProblem) {

  /** Copies the lists. */
  public Report {
    servers = List.copyOf(servers);
    notes = List.copyOf(notes);
  }

  /** CPU of the driver as a part of one core. */
  public double driverCores() {
    return driver.cores(measuredSeconds);
  }

  /** Whether the figures say nothing, since the driver itself was too busy. */
  public boolean isVoid() {
    return driver.saturated(measuredSeconds);
  }

  /** Whether every message arrived, the checker found nothing, and the figures count. */
  public boolean passed() {
    return counts.missing() == 0 && !isVoid() && (verdict == null || verdict.passed());
  }

  /** The latency that users feel: to the receiver, or to the answer where there is no receiver. */
  public Latency felt() {
    return labels.received().isEmpty() ? acknowledgement : delivery;
  }

  /**
   * Milliseconds of CPU that the watched processes used for one message received; 0 without
   * messages. A server that falls behind is not flattered by what it has not done yet.
   */
  public double serverCpuMillisPerMessage() {
    long nanos = servers.stream().mapToLong(ProcessCpu.Reading::cpuNanos).sum();
    return perMessage(nanos);
  }

  /** CPU time in milliseconds divided by the messages received. */
  double perMessage(long nanos) {
    return servedMessages == 0 ? 0 : nanos / 1e6 / servedMessages;
  }

  /** The table, as lines of Markdown. */
  public List<String> lines() {
    return ReportText.lines(this);
  }
}
