package im.hongyan.bench.check.rule;

import im.hongyan.bench.check.Copy;
import im.hongyan.bench.check.Event;
import im.hongyan.bench.check.Facts;
import im.hongyan.bench.check.History.Entry;
import im.hongyan.bench.check.Rule;
import im.hongyan.bench.check.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A pull returns one element per seq, ascending and none a placeholder, since no driver deletes
 * anything (invariants 2, 9 and 11). What lacks at its upper end is the business of {@link
 * MaxSeqReadable}.
 */
public final class Holes implements Rule {
  @Override
  public String name() {
    return "hole";
  }

  @Override
  public List<Violation> check(Facts facts) {
    List<Violation> violations = new ArrayList<>();
    for (Entry entry : facts.entries()) {
      if (entry.event() instanceof Event.Pulled pulled
          && !pulled.copies().isEmpty()
          && facts.mayRead(pulled.user(), pulled.conversation())) {
        check(facts, entry, pulled, violations);
      }
    }
    return violations;
  }

  private void check(Facts facts, Entry entry, Event.Pulled pulled, List<Violation> violations) {
    long expected = pulled.first();
    Map<Long, String> wrong = new TreeMap<>();
    for (Copy copy : pulled.copies()) {
      if (copy.isPlaceholder()) {
        wrong.put(copy.seq(), "is only a placeholder");
      }
      for (long hole = expected; hole < copy.seq(); hole++) {
        wrong.put(hole, "is missing below others");
      }
      if (copy.seq() < expected) {
        wrong.put(copy.seq(), "was not asked for here, or comes out of order");
      }
      expected = Math.max(expected, copy.seq() + 1);
    }
    wrong.forEach((seq, what) -> {
      String text =
          "seq %d of %s %s in an answer to %s"
              .formatted(seq, pulled.conversation(), what, pulled.user());
      List<Entry> evidence = new ArrayList<>();
      var known = facts.messages(pulled.conversation()).get(seq);
      if (known != null && known.entry().number() < entry.number()) {
        evidence.add(known.entry());
      }
      evidence.add(entry);
      violations.add(new Violation(name(), text, evidence));
    });
  }
}
