package im.hongyan.benchservers;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * CPU time of this process, by groups of threads with the same name before the first digit. What
 * has no Java thread (garbage collector, compiler) is {@value #JVM}.
 *
 * @param nanosByGroup CPU time used up to now
 */
record ThreadCpu(long totalNanos, Map<String, Long> nanosByGroup) {
  private static final String JVM = "JVM: compiler, collector, ended threads";

  ThreadCpu {
    nanosByGroup = Map.copyOf(nanosByGroup);
  }

  /** Reads the counters. */
  static ThreadCpu now() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    Map<String, Long> groups = new TreeMap<>();
    long known = 0;
    for (ThreadInfo thread : threads.getThreadInfo(threads.getAllThreadIds())) {
      long nanos = thread == null ? 0 : threads.getThreadCpuTime(thread.getThreadId());
      if (thread != null && nanos > 0) {
        groups.merge(group(thread.getThreadName()), nanos, Long::sum);
        known += nanos;
      }
    }
    long total =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
    groups.put(JVM, Math.max(0, total - known));
    return new ThreadCpu(total, groups);
  }

  /** A thread's name without its number and what follows. */
  static String group(String name) {
    String group = name.replaceFirst("[-_ ]*\\d.*$", "");
    return group.isEmpty() ? name : group;
  }

  /** What was used since an earlier reading, the largest group first. */
  ThreadCpu since(ThreadCpu earlier) {
    Map<String, Long> used = new TreeMap<>();
    nanosByGroup.forEach((group, nanos) ->
        used.put(group, Math.max(0, nanos - earlier.nanosByGroup.getOrDefault(group, 0L))));
    return new ThreadCpu(totalNanos - earlier.totalNanos, used);
  }

  /** The groups by what they used, the largest first. */
  Map<String, Long> largestFirst() {
    Map<String, Long> sorted = new LinkedHashMap<>();
    nanosByGroup.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()))
        .forEach(entry -> sorted.put(entry.getKey(), entry.getValue()));
    return sorted;
  }
}
