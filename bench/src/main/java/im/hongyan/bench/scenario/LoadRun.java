package im.hongyan.bench.scenario;

import com.sun.management.OperatingSystemMXBean;
import im.hongyan.bench.load.Arrivals;
import im.hongyan.bench.load.OpenLoop;
import im.hongyan.bench.load.Timer;
import im.hongyan.bench.measure.Ledger;
import im.hongyan.bench.measure.ProcessCpu;
import im.hongyan.bench.measure.Report;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Runs a scenario open loop: warm-up, measured window, drain; and reports. One thread runs it.
 *
 * @param pids processes whose CPU time is measured
 * @param progress takes a line now and then, called by other threads too
 */
public record LoadRun(Plan plan, List<Long> pids, Consumer<String> progress) {
  private static final long POLL_MILLIS = 20;
  private static final double SECOND_NANOS = 1e9;

  /** Copies the list. */
  public LoadRun {
    pids = List.copyOf(pids);
  }

  /**
   * How long and how fast.
   *
   * @param command what the report is headed with
   * @param drain how long answers and pushes are waited for after the last message
   */
  public record Plan(
      String command, Arrivals arrivals, Duration warmUp, Duration measured, Duration drain) {}

  /**
   * Runs it. The ledger must have room for all messages, and be the scenario's own.
   *
   * @throws IOException when the server does not answer, or a watched process does not exist
   */
  public Report run(Scenario scenario, Ledger ledger) throws IOException, InterruptedException {
    ProcessCpu processes = new ProcessCpu();
    processes.read(pids);
    scenario.prepare();
    progress.accept("users are online");
    Timer timer = Timer.system();
    OpenLoop loop = new OpenLoop(plan.arrivals(), timer);
    long from = loop.startNanos() + plan.warmUp().toNanos();
    long to = from + plan.measured().toNanos();
    ledger.measure(from, to);
    try (ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor()) {
      ticker.scheduleAtFixedRate(() -> report(loop, ledger), 5, 5, TimeUnit.SECONDS);
      loop.runUntil(from, scenario::send);
      List<ProcessCpu.Reading> before = processes.read(pids);
      long driverBefore = driverCpuNanos();
      long servedBefore = ledger.receivedCount();
      long windowNanos = timer.nanoTime();
      long measured = loop.runUntil(to, scenario::send);
      List<ProcessCpu.Reading> used = ProcessCpu.between(before, processes.read(pids));
      long driver = driverCpuNanos() - driverBefore;
      long served = ledger.receivedCount() - servedBefore;
      double seconds = (timer.nanoTime() - windowNanos) / SECOND_NANOS;
      drain(ledger);
      ticker.shutdownNow();
      return new Report(
          plan.command(),
          seconds,
          measured,
          served,
          ledger.counts(),
          ledger.acknowledgement(),
          ledger.delivery(),
          driver,
          used,
          ledger.firstProblem());
    }
  }

  private void report(OpenLoop loop, Ledger ledger) {
    Ledger.Counts counts = ledger.counts();
    progress.accept(
        "%d s: sent %d, acknowledged %d, refused %d, received %d"
            .formatted(
                TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - loop.startNanos()),
                counts.sent(),
                counts.acknowledged(),
                counts.refused(),
                counts.received()));
  }

  private void drain(Ledger ledger) throws InterruptedException {
    long deadline = System.nanoTime() + plan.drain().toNanos();
    while (!ledger.settled() && System.nanoTime() - deadline < 0) {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  private static long driverCpuNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }
}
