package im.hongyan.bench.measure;

import im.hongyan.bench.measure.ProcessCpu.Reading;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Watches processes over a window: CPU time at both ends, the largest resident memory among all
 * samples between. Safe for use by several threads.
 */
public final class ProcessSampler {
  private final ProcessCpu processes;
  private final List<Long> pids;
  private final Map<Long, Long> peakBytes = new HashMap<>();
  private List<Reading> before;

  /**
   * Starts watching.
   *
   * @throws IOException when a process does not exist, or this is not Linux
   */
  public ProcessSampler(ProcessCpu processes, List<Long> pids) throws IOException {
    this.processes = processes;
    this.pids = List.copyOf(pids);
    this.before = processes.read(pids);
  }

  /** Begins the window. */
  public synchronized void begin() throws IOException {
    peakBytes.clear();
    before = sample();
  }

  /** Takes a sample of the memory. */
  public synchronized List<Reading> sample() throws IOException {
    List<Reading> now = processes.read(pids);
    now.forEach(reading -> peakBytes.merge(reading.pid(), reading.rssBytes(), Math::max));
    return now;
  }

  /** Ends the window: CPU time used in it, and the largest memory. */
  public synchronized List<Reading> end() throws IOException {
    List<Reading> used = new ArrayList<>();
    for (Reading reading : ProcessCpu.between(before, sample())) {
      long peak = peakBytes.getOrDefault(reading.pid(), reading.rssBytes());
      used.add(new Reading(reading.pid(), reading.name(), reading.cpuNanos(), peak));
    }
    return used;
  }
}
