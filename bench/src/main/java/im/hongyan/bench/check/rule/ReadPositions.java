package im.hongyan.bench.check.rule;

import im.hongyan.bench.check.Event;
import im.hongyan.bench.check.Event.ReadPositions.Position;
import im.hongyan.bench.check.Facts;
import im.hongyan.bench.check.History.Entry;
import im.hongyan.bench.check.Rule;
import im.hongyan.bench.check.Violation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A read position never goes back and never passes the highest seq (invariant 16). */
public final class ReadPositions implements Rule {
  private record Place(String user, String conversation) {}

  private record Reported(long readSeq, Entry entry) {}

  @Override
  public String name() {
    return "read position";
  }

  @Override
  public List<Violation> check(Facts facts) {
    List<Violation> violations = new ArrayList<>();
    Map<Place, Reported> reported = new HashMap<>();
    for (Entry entry : facts.entries()) {
      if (entry.event() instanceof Event.ReadPositions answer) {
        answer
            .positions()
            .forEach((id, position) -> {
              Place place = new Place(answer.user(), id);
              check(place, position, entry, reported.get(place), violations);
              reported.put(place, new Reported(position.readSeq(), entry));
            });
      }
    }
    return violations;
  }

  private void check(
      Place place,
      Position now,
      Entry entry,
      @Nullable Reported before,
      List<Violation> violations) {
    if (before != null && before.readSeq() > now.readSeq()) {
      String text =
          "the read position of %s in %s went back from %d to %d"
              .formatted(place.user(), place.conversation(), before.readSeq(), now.readSeq());
      violations.add(new Violation(name(), text, List.of(before.entry(), entry)));
    }
    if (now.readSeq() > now.maxSeq()) {
      String text =
          "%s has read %s up to %d, which ends at %d"
              .formatted(place.user(), place.conversation(), now.readSeq(), now.maxSeq());
      violations.add(new Violation(name(), text, List.of(entry)));
    }
  }
}
