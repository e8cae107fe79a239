package im.hongyan.bench.check.rule;

import im.hongyan.bench.check.Facts;
import im.hongyan.bench.check.History.Entry;
import im.hongyan.bench.check.Rule;
import im.hongyan.bench.check.Sighting;
import im.hongyan.bench.check.Violation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A message that was refused, and never acknowledged, is nowhere (invariant 24). */
public final class RefusedStored implements Rule {
  @Override
  public String name() {
    return "refused but stored";
  }

  @Override
  public List<Violation> check(Facts facts) {
    List<Violation> violations = new ArrayList<>();
    Set<String> reported = new HashSet<>();
    for (List<Sighting> seen : facts.sightings().values()) {
      for (Sighting sighting : seen) {
        String id = sighting.copy().clientMsgId();
        Entry refusal = facts.refusals().get(id);
        if (refusal != null && !facts.acknowledgements().containsKey(id) && reported.add(id)) {
          List<Entry> evidence = new ArrayList<>(List.of(refusal, sighting.entry()));
          evidence.sort(Comparator.comparingLong(Entry::number));
          String text = id + " was refused, but " + sighting.user() + " got it";
          violations.add(new Violation(name(), text, evidence));
        }
      }
    }
    return violations;
  }
}
