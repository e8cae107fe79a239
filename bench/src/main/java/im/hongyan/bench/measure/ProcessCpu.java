package im.hongyan.bench.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * CPU time of processes as Linux counts it in {@code /proc/PID/stat}, user and system, in ticks of
 * 10 ms. Stateless.
 */
public final class ProcessCpu {
  /** USER_HZ, which is 100 on every architecture that Java runs on. */
  private static final long TICK_NANOS = 10_000_000;

  /** Fields after the name that stand before utime, and before stime. */
  private static final int UTIME = 11;

  private static final int STIME = 12;

  private final Path proc;

  /** A process at a moment. */
  public record Reading(long pid, String name, long cpuNanos) {}

  /** Reads the machine's processes. */
  public ProcessCpu() {
    this(Path.of("/proc"));
  }

  ProcessCpu(Path proc) {
    this.proc = proc;
  }

  /**
   * Reads several processes.
   *
   * @throws IOException when one does not exist, or this is not Linux
   */
  public List<Reading> read(List<Long> pids) throws IOException {
    Reading[] readings = new Reading[pids.size()];
    for (int i = 0; i < readings.length; i++) {
      long pid = pids.get(i);
      Path file = proc.resolve(Long.toString(pid)).resolve("stat");
      if (!Files.exists(file)) {
        throw new IOException("there is no process " + pid + " (" + file + " does not exist)");
      }
      readings[i] = parse(pid, Files.readString(file));
    }
    return List.of(readings);
  }

  /** Reads a line; the name within parentheses may itself hold spaces and parentheses. */
  static Reading parse(long pid, String stat) throws IOException {
    int open = stat.indexOf('(');
    int close = stat.lastIndexOf(')');
    String[] fields = close < 0 ? new String[0] : stat.substring(close + 1).strip().split(" ");
    if (open < 0 || fields.length <= STIME) {
      throw new IOException("the stat of process " + pid + " cannot be understood: " + stat);
    }
    try {
      long ticks = Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME]);
      return new Reading(pid, stat.substring(open + 1, close), ticks * TICK_NANOS);
    } catch (NumberFormatException noNumber) {
      throw new IOException("the stat of process " + pid + " has no CPU times: " + stat, noNumber);
    }
  }

  /**
   * What each process used between two readings of the same processes.
   *
   * @throws IllegalArgumentException when the readings are of different processes
   */
  public static List<Reading> between(List<Reading> before, List<Reading> after) {
    if (before.size() != after.size()) {
      throw new IllegalArgumentException("readings of different processes");
    }
    Reading[] used = new Reading[after.size()];
    for (int i = 0; i < used.length; i++) {
      Reading end = after.get(i);
      if (end.pid() != before.get(i).pid()) {
        throw new IllegalArgumentException("readings of different processes");
      }
      used[i] = new Reading(end.pid(), end.name(), end.cpuNanos() - before.get(i).cpuNanos());
    }
    return List.of(used);
  }
}
