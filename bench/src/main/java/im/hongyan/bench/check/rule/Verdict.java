package im.hongyan.bench.check.rule;

import im.hongyan.bench.check.History;
import im.hongyan.bench.check.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a check found, ready to be printed.
 *
 * @param events how many events were judged
 * @param violations the first one first
 */
public record Verdict(long events, List<Violation> violations) {
  /** Copies the list. */
  public Verdict {
    violations = List.copyOf(violations);
  }

  /** Judges a history. */
  public static Verdict of(History history) {
    return new Verdict(history.next(), Checker.check(history));
  }

  /** Whether no rule is broken. */
  public boolean passed() {
    return violations.isEmpty();
  }

  /** How often each rule is broken, by its name; rules that hold are left out. */
  public Map<String, Integer> counts() {
    Map<String, Integer> counts = new TreeMap<>();
    violations.forEach(violation -> counts.merge(violation.rule(), 1, Integer::sum));
    return counts;
  }

  /** One line when all is well, else the counts and the first counterexample whole. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    if (passed()) {
      lines.add(
          "check: " + Checker.RULES.size() + " rules hold over " + events + " events of clients");
      return lines;
    }
    lines.add("CHECK FAILED over " + events + " events of clients");
    counts().forEach((rule, count) -> lines.add("  " + rule + ": " + count));
    lines.add("first counterexample:");
    violations.getFirst().lines().forEach(line -> lines.add("  " + line));
    return lines;
  }
}
