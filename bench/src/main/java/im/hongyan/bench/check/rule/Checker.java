package im.hongyan.bench.check.rule;

import im.hongyan.bench.check.Facts;
import im.hongyan.bench.check.History;
import im.hongyan.bench.check.Rule;
import im.hongyan.bench.check.Violation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Judges a history by all rules. A pure function: the same history gives the same violations.
 *
 * <p>It says only what the history shows. A message that nobody asked for again is not missed:
 * drivers let everybody pull everything at the end.
 */
public final class Checker {
  /** Every rule. */
  public static final List<Rule> RULES =
      List.of(
          new LostMessages(),
          new Duplicates(),
          new OneOrder(),
          new SendOrder(),
          new PushOrder(),
          new Holes(),
          new MaxSeqReadable(),
          new PushedIsPulled(),
          new Agreement(),
          new MissedByClient(),
          new ReadPositions(),
          new RefusedStored(),
          new Outsiders(),
          new LoggedOut());

  private Checker() {}

  /** All violations, the one that shows first in the history first. */
  public static List<Violation> check(History history) {
    Facts facts = new Facts(history.entries());
    List<Violation> violations = new ArrayList<>();
    RULES.forEach(rule -> violations.addAll(rule.check(facts)));
    violations.sort(Comparator.comparingLong(Violation::at));
    return List.copyOf(violations);
  }
}
