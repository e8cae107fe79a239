package im.hongyan.bench.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * CPU time and memory of processes as Linux counts them in {@code /proc/PID/stat}: user and system
 * time in ticks of 10 ms, resident memory in pages. Stateless.
 */
public final class ProcessCpu {
  /** USER_HZ, which is 100 on every architecture that Java runs on. */
  private static final long TICK_NANOS = 10_000_000;

  /** Fields after the name that come before utime, and before stime. */
  private static final int UTIME = 11;

  private static final int STIME = 12;
  private static final int RSS = 21;

  /** What most machines have; others have multiples, which makes the figure too small there. */
  private static final long PAGE_BYTES = 4096;

  private final Path proc;

  /** A process at a moment. */
  public record Reading(long pid, String name, long cpuNanos, long rssBytes) {}

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
    if (open < 0 || fields.length <= RSS) {
      throw new IOException("the stat of process " + pid + " cannot be understood: " + stat);
    }
    try {
      long ticks = Long.parseLong(fields[UTIME]) + Long.parseLong(fields[STIME]);
      return new Reading(
          pid,
          stat.substring(open + 1, close),
          ticks * TICK_NANOS,
          Long.parseLong(fields[RSS]) * PAGE_BYTES);
    } catch (NumberFormatException noNumber) {
      throw new IOException(
          "the stat of process " + pid + " has no such numbers: " + stat, noNumber);
    }
  }

  /**
   * The CPU time that each process used between two readings of the same processes, with the larger
   * memory of the two.
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
      Reading start = before.get(i);
      used[i] =
          new Reading(
              end.pid(),
              end.name(),
              end.cpuNanos() - start.cpuNanos(),
              Math.max(start.rssBytes(), end.rssBytes()));
    }
    return List.of(used);
  }
}
