package im.hongyan.bench.check.rule;

import im.hongyan.bench.check.Facts;
import im.hongyan.bench.check.Rule;
import im.hongyan.bench.check.Sighting;
import im.hongyan.bench.check.Violation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A seq is the same message for everybody, at any time (invariant 1). */
public final class OneOrder implements Rule {
  @Override
  public String name() {
    return "disagreement of order";
  }

  @Override
  public List<Violation> check(Facts facts) {
    List<Violation> violations = new ArrayList<>();
    facts
        .sightings()
        .forEach((conversation, seen) -> {
          Set<Long> reported = new HashSet<>();
          for (Sighting sighting : seen) {
            Sighting first = facts.messages(conversation).get(sighting.copy().seq());
            if (first != null
                && !sighting.copy().isPlaceholder()
                && !first.copy().clientMsgId().equals(sighting.copy().clientMsgId())
                && reported.add(sighting.copy().seq())) {
              violations.add(violation(conversation, first, sighting));
            }
          }
        });
    return violations;
  }

  private Violation violation(String conversation, Sighting first, Sighting other) {
    String text =
        "seq %d of %s is %s for %s and %s for %s"
            .formatted(
                first.copy().seq(),
                conversation,
                first.copy().clientMsgId(),
                first.user(),
                other.copy().clientMsgId(),
                other.user());
    return new Violation(name(), text, List.of(first.entry(), other.entry()));
  }
}
