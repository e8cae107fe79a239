package im.hongyan.bench.scenario;

import com.sun.management.OperatingSystemMXBean;
import im.hongyan.bench.check.rule.Verdict;
import im.hongyan.bench.load.Arrivals;
import im.hongyan.bench.load.OpenLoop;
import im.hongyan.bench.load.Timer;
import im.hongyan.bench.measure.Driver;
import im.hongyan.bench.measure.LatencyRecorder;
import im.hongyan.bench.measure.Ledger;
import im.hongyan.bench.measure.ProcessCpu;
import im.hongyan.bench.measure.ProcessSampler;
import im.hongyan.bench.measure.Report;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Runs a scenario open loop: warm-up, measured window, drain, audit; and reports. One thread runs
 * it.
 *
 * @param pids processes whose CPU time and memory are measured
 */
public record LoadRun(Plan plan, List<Long> pids, Progress progress) {
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
   * @param maxDriverCores share of a core above which the driver makes the run void
   */
  public record Plan(
      String command,
      Arrivals arrivals,
      Duration warmUp,
      Duration measured,
      Duration drain,
      double maxDriverCores) {}

  /** What was measured within the window. */
  private record Window(
      double seconds, long measured, long served, Driver driver, List<ProcessCpu.Reading> used) {}

  /**
   * Runs it. The ledger must have room for all messages, and be the scenario's own.
   *
   * @throws IOException when the server does not answer, or a watched process does not exist
   */
  public Report run(Scenario scenario, Ledger ledger) throws IOException, InterruptedException {
    ProcessCpu processes = new ProcessCpu();
    List<ProcessCpu.Reading> empty = processes.read(pids);
    scenario.prepare();
    progress.line("users are there");
    ProcessSampler sampler = new ProcessSampler(processes, pids);
    OpenLoop loop = new OpenLoop(plan.arrivals(), Timer.system());
    try (ScheduledExecutorService ticker = Executors.newSingleThreadScheduledExecutor()) {
      ticker.scheduleAtFixedRate(() -> tick(loop, ledger, sampler), 1, 1, TimeUnit.SECONDS);
      Window window = play(loop, scenario, ledger, sampler);
      drain(scenario, ledger);
      ticker.shutdownNow();
      Ledger.Counts counts = ledger.counts();
      Verdict verdict = scenario.audit();
      List<String> notes = new ArrayList<>(scenario.notes());
      notes.addAll(memory(scenario.idleConnections(), empty, window.used()));
      return new Report(
          plan.command(),
          scenario.labels(),
          window.seconds(),
          window.measured(),
          window.served(),
          counts,
          ledger.acknowledgement(),
          ledger.delivery(),
          window.driver(),
          window.used(),
          notes,
          verdict,
          ledger.firstProblem());
    }
  }

  private Window play(OpenLoop loop, Scenario scenario, Ledger ledger, ProcessSampler sampler)
      throws IOException {
    long from = loop.startNanos() + plan.warmUp().toNanos();
    long to = from + plan.measured().toNanos();
    ledger.measure(from, to);
    LatencyRecorder lateness = new LatencyRecorder(from, to);
    OpenLoop.Action action =
        due -> {
          lateness.record(due, System.nanoTime());
          scenario.send(due);
        };
    loop.runUntil(from, action);
    sampler.begin();
    long driverBefore = driverCpuNanos();
    long servedBefore = ledger.servedCount();
    long began = System.nanoTime();
    scenario.begin();
    long measured = loop.runUntil(to, action);
    List<ProcessCpu.Reading> used = sampler.end();
    long driver = driverCpuNanos() - driverBefore;
    long served = ledger.servedCount() - servedBefore;
    return new Window(
        (System.nanoTime() - began) / SECOND_NANOS,
        measured,
        served,
        new Driver(driver, lateness.summary(), plan.maxDriverCores()),
        used);
  }

  private void tick(OpenLoop loop, Ledger ledger, ProcessSampler sampler) {
    Ledger.Counts counts = ledger.counts();
    progress.status(
        "%d s: sent %d, acknowledged %d, refused %d, received %d"
            .formatted(
                TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - loop.startNanos()),
                counts.sent(),
                counts.acknowledged(),
                counts.refused(),
                counts.received()));
    try {
      sampler.sample();
    } catch (IOException gone) {
      progress.line("a watched process is gone: " + gone.getMessage());
    }
  }

  private void drain(Scenario scenario, Ledger ledger) throws InterruptedException {
    long deadline = System.nanoTime() + plan.drain().toNanos();
    while (!(ledger.isIdle() && scenario.isIdle()) && System.nanoTime() - deadline < 0) {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  /** Memory from before the first login to the most of the window, divided by connections. */
  private static List<String> memory(
      int connections, List<ProcessCpu.Reading> empty, List<ProcessCpu.Reading> full) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; connections > 0 && i < full.size(); i++) {
      double more = full.get(i).rssBytes() - empty.get(i).rssBytes();
      lines.add(
          String.format(
              Locale.ROOT,
              "memory: %s grew by %.0f MiB, %.1f KiB per connection",
              full.get(i).name(),
              more / 1024 / 1024,
              more / 1024 / connections));
    }
    return lines;
  }

  private static long driverCpuNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }
}
