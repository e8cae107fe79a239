package im.hongyan.bench.check.rule;

import im.hongyan.bench.check.Copy;
import im.hongyan.bench.check.Event;
import im.hongyan.bench.check.Facts;
import im.hongyan.bench.check.History.Entry;
import im.hongyan.bench.check.Rule;
import im.hongyan.bench.check.Sighting;
import im.hongyan.bench.check.Violation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** What was pushed is returned, and the same, when its receiver pulls it afterwards. */
public final class PushedIsPulled implements Rule {
  private record Place(String user, String conversation) {}

  @Override
  public String name() {
    return "push without pull";
  }

  @Override
  public List<Violation> check(Facts facts) {
    List<Violation> violations = new ArrayList<>();
    Map<Place, NavigableMap<Long, Sighting>> pushes = new HashMap<>();
    for (Entry entry : facts.entries()) {
      switch (entry.event()) {
        case Event.Pushed pushed -> {
          Place place = new Place(pushed.user(), pushed.conversation());
          for (Copy copy : pushed.copies()) {
            if (copy.seq() > 0) {
              pushes
                  .computeIfAbsent(place, _ -> new TreeMap<>())
                  .putIfAbsent(copy.seq(), new Sighting(entry, pushed.user(), copy, true));
            }
          }
        }
        case Event.Pulled pulled when pulled.first() <= pulled.end() -> {
          Place place = new Place(pulled.user(), pulled.conversation());
          compare(pulled, entry, pushes.getOrDefault(place, new TreeMap<>()), violations);
        }
        default -> {}
      }
    }
    return violations;
  }

  private void compare(
      Event.Pulled pulled,
      Entry entry,
      NavigableMap<Long, Sighting> pushes,
      List<Violation> violations) {
    Map<Long, Copy> returned = new HashMap<>();
    pulled.copies().forEach(copy -> returned.put(copy.seq(), copy));
    for (Sighting push : pushes.subMap(pulled.first(), true, pulled.end(), true).values()) {
      Copy copy = returned.get(push.copy().seq());
      boolean same = copy != null && copy.sameMessage(push.copy());
      if (push.entry().number() < pulled.askedAt() && !same) {
        String text =
            "seq %d of %s was pushed to %s, and a pull afterwards returns %s"
                .formatted(
                    push.copy().seq(),
                    pulled.conversation(),
                    pulled.user(),
                    copy == null ? "nothing for it" : "something else");
        violations.add(new Violation(name(), text, List.of(push.entry(), entry)));
      }
    }
  }
}
