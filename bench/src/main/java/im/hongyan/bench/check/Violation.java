package im.hongyan.bench.check;

import im.hongyan.bench.check.History.Entry;
import java.util.ArrayList;
import java.util.List;

/**
 * A broken rule with its proof.
 *
 * @param rule its name
 * @param text what is wrong, in one line
 * @param evidence the events that together show it, in their order; at least one
 */
public record Violation(String rule, String text, List<Entry> evidence) {
  /** Copies the list. */
  public Violation {
    evidence = List.copyOf(evidence);
    if (evidence.isEmpty()) {
      throw new IllegalArgumentException("no violation without evidence");
    }
  }

  /** Number of the event with which the rule was broken. */
  public long at() {
    return evidence.getLast().number();
  }

  /** The whole counterexample, as lines. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(rule + ": " + text);
    evidence.forEach(entry -> lines.add("  " + entry));
    return lines;
  }
}
