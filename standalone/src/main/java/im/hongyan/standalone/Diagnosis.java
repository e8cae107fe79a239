package im.hongyan.standalone;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads what {@code /readyz} of processes answers, and finds the remedy in
 * docs/operations/recovery.md. Single-threaded.
 */
final class Diagnosis {
  private static final Pattern PART = Pattern.compile("(\\S+) (ready|not ready)(?:: (.*))?");
  private static final Pattern NEXT_REASON = Pattern.compile("; (?=lane \\d+: )");
  private static final Pattern LOSS =
      Pattern.compile("set recovery\\.acceptLoss: (\\d+@\\d+)(?: \\(it names|;|$)");
  private static final String PAGE = "docs/operations/recovery.md";

  private final List<String> lines = new ArrayList<>();
  private final SortedSet<String> losses = new TreeSet<>();
  private boolean well = true;

  /** Takes the answer of a process. */
  void add(URI address, int status, String body) {
    int parts = 0;
    int ill = 0;
    for (String line : body.lines().toList()) {
      Matcher part = PART.matcher(line);
      if (part.matches()) {
        parts++;
        if (!part.group(2).equals("ready")) {
          ill++;
          report(address, part.group(1), part.group(3) == null ? "" : part.group(3));
        }
      }
    }
    if (parts == 0) {
      lines.add(address + ": no readiness page is there (status " + status + ")");
      well = false;
    } else if (ill == 0) {
      lines.add(address + ": all " + parts + " parts are ready");
    } else {
      well = false;
    }
  }

  private void report(URI address, String part, String reasons) {
    lines.add(address + ": " + part + " is not ready");
    if (reasons.isEmpty()) {
      lines.add("  it gives no reason: it is starting, or waits for a store; its log names which");
      return;
    }
    NEXT_REASON
        .splitAsStream(reasons)
        .forEach(reason -> {
          lines.add("  " + reason);
          lines.add("  -> " + remedy(reason));
        });
  }

  private String remedy(String reason) {
    Matcher loss = LOSS.matcher(reason);
    if (loss.find()) {
      losses.add(loss.group(1));
      return "bring the topic's data back, or give up what no store has (" + PAGE + ", Giving up)";
    }
    if (reason.contains(" ends before record ")) {
      return "bring the newer data of Kafka back, or start the logs over ("
          + PAGE
          + ", Starting over)";
    }
    if (reason.contains(" are gone from the log that history follows")) {
      return "it goes on when history does";
    }
    if (reason.contains(" are gone from ")) {
      return "bring the topic's data back (" + PAGE + ")";
    }
    return PAGE;
  }

  /** Whether all parts of all processes are ready. */
  boolean isWell() {
    return well;
  }

  /** What the operator reads. */
  List<String> lines() {
    List<String> all = new ArrayList<>(lines);
    if (!losses.isEmpty()) {
      all.add("to give up all of it: recovery.acceptLoss: " + String.join(",", losses));
    }
    return all;
  }
}
