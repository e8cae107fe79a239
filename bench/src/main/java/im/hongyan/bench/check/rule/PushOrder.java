package im.hongyan.bench.check.rule;

import im.hongyan.bench.check.Facts;
import im.hongyan.bench.check.Rule;
import im.hongyan.bench.check.Sighting;
import im.hongyan.bench.check.Violation;
import java.util.ArrayList;
import java.util.List;

/**
 * Pushes of a conversation reach a connection in the order of their seqs (invariant 8), but for
 * what {@link PushStreams} allows; the same seq again is the business of {@link Duplicates}.
 */
public final class PushOrder implements Rule {
  @Override
  public String name() {
    return "push out of order";
  }

  @Override
  public List<Violation> check(Facts facts) {
    List<Violation> violations = new ArrayList<>();
    facts
        .sightings()
        .forEach((conversation, seen) -> {
          for (List<Sighting> stream : PushStreams.of(facts, conversation, seen)) {
            check(conversation, stream, violations);
          }
        });
    return violations;
  }

  private void check(String conversation, List<Sighting> stream, List<Violation> violations) {
    Sighting last = stream.getFirst();
    for (Sighting sighting : stream) {
      if (last.copy().seq() > sighting.copy().seq()) {
        violations.add(violation(conversation, last, sighting));
      } else {
        last = sighting;
      }
    }
  }

  private Violation violation(String conversation, Sighting last, Sighting late) {
    String text =
        "seq %d of %s was pushed to %s after seq %d"
            .formatted(late.copy().seq(), conversation, late.user(), last.copy().seq());
    return new Violation(name(), text, List.of(last.entry(), late.entry()));
  }
}
