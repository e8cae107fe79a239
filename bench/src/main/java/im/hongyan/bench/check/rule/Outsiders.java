package im.hongyan.bench.check.rule;

import im.hongyan.bench.check.Event;
import im.hongyan.bench.check.Facts;
import im.hongyan.bench.check.History.Entry;
import im.hongyan.bench.check.Rule;
import im.hongyan.bench.check.Sighting;
import im.hongyan.bench.check.Violation;
import java.util.ArrayList;
import java.util.List;

/** Only participants see anything of a conversation, its highest seq included (invariant 14). */
public final class Outsiders implements Rule {
  @Override
  public String name() {
    return "seen by an outsider";
  }

  @Override
  public List<Violation> check(Facts facts) {
    List<Violation> violations = new ArrayList<>();
    facts
        .sightings()
        .forEach((conversation, seen) -> {
          for (Sighting sighting : seen) {
            if (!facts.mayRead(sighting.user(), conversation)) {
              violations.add(violation(sighting.user(), conversation, sighting.entry()));
            }
          }
        });
    for (Entry entry : facts.entries()) {
      if (entry.event() instanceof Event.MaxSeqs answer) {
        for (String conversation : answer.maxSeqs().keySet()) {
          if (!facts.mayRead(answer.user(), conversation)) {
            violations.add(violation(answer.user(), conversation, entry));
          }
        }
      }
    }
    return violations;
  }

  private Violation violation(String user, String conversation, Entry entry) {
    String text = user + " takes no part in " + conversation + " but sees it";
    return new Violation(name(), text, List.of(entry));
  }
}
