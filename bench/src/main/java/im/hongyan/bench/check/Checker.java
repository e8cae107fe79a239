package im.hongyan.bench.check;

import im.hongyan.bench.check.rule.Agreement;
import im.hongyan.bench.check.rule.Duplicates;
import im.hongyan.bench.check.rule.Holes;
import im.hongyan.bench.check.rule.LoggedOut;
import im.hongyan.bench.check.rule.LostMessages;
import im.hongyan.bench.check.rule.MaxSeqReadable;
import im.hongyan.bench.check.rule.MissedByClient;
import im.hongyan.bench.check.rule.OneOrder;
import im.hongyan.bench.check.rule.Outsiders;
import im.hongyan.bench.check.rule.PushOrder;
import im.hongyan.bench.check.rule.PushedIsPulled;
import im.hongyan.bench.check.rule.ReadPositions;
import im.hongyan.bench.check.rule.RefusedStored;
import im.hongyan.bench.check.rule.SendOrder;
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
