package im.hongyan.bench.check.rule;

import im.hongyan.bench.check.Facts;
import im.hongyan.bench.check.Rule;
import im.hongyan.bench.check.Sighting;
import im.hongyan.bench.check.Violation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Pushes of a conversation reach a client in the order of their seqs (invariant 8); the same seq
 * again is the business of {@link Duplicates}.
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
          Map<String, Sighting> highest = new HashMap<>();
          for (Sighting sighting : seen) {
            if (sighting.pushed() && sighting.copy().seq() > 0) {
              Sighting last = highest.get(sighting.user());
              if (last == null || last.copy().seq() < sighting.copy().seq()) {
                highest.put(sighting.user(), sighting);
              } else if (last.copy().seq() > sighting.copy().seq()) {
                violations.add(violation(conversation, last, sighting));
              }
            }
          }
        });
    return violations;
  }

  private Violation violation(String conversation, Sighting last, Sighting late) {
    String text =
        "seq %d of %s was pushed to %s after seq %d"
            .formatted(late.copy().seq(), conversation, late.user(), last.copy().seq());
    return new Violation(name(), text, List.of(last.entry(), late.entry()));
  }
}
