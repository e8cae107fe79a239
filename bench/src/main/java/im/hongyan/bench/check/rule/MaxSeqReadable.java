package im.hongyan.bench.check.rule;

import im.hongyan.bench.check.Event;
import im.hongyan.bench.check.Facts;
import im.hongyan.bench.check.History.Entry;
import im.hongyan.bench.check.Rule;
import im.hongyan.bench.check.Violation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A highest seq that was reported can be pulled at once, and never becomes lower (invariant 3). It
 * is reported by 1001 and 1006; judged is every later pull of the same user that asked for that
 * seq.
 */
public final class MaxSeqReadable implements Rule {
  private record Place(String user, String conversation) {}

  private record Reported(long maxSeq, Entry entry) {}

  @Override
  public String name() {
    return "highest seq";
  }

  @Override
  public List<Violation> check(Facts facts) {
    List<Violation> violations = new ArrayList<>();
    Map<Place, Reported> reported = new HashMap<>();
    for (Entry entry : facts.entries()) {
      switch (entry.event()) {
        case Event.MaxSeqs answer ->
            answer
                .maxSeqs()
                .forEach((id, max) ->
                    add(
                        reported,
                        new Place(answer.user(), id),
                        new Reported(max, entry),
                        violations));
        case Event.ReadPositions answer ->
            answer
                .positions()
                .forEach((id, position) ->
                    add(
                        reported,
                        new Place(answer.user(), id),
                        new Reported(position.maxSeq(), entry),
                        violations));
        case Event.Pulled pulled -> {
          Reported max = reported.get(new Place(pulled.user(), pulled.conversation()));
          if (max != null
              && max.entry().number() < pulled.askedAt()
              && pulled.covers(max.maxSeq())
              && pulled.copies().stream().allMatch(copy -> copy.seq() < max.maxSeq())) {
            violations.add(unreadable(pulled, max, entry));
          }
        }
        case Event.Opened _,
            Event.Connected _,
            Event.Sent _,
            Event.Acknowledged _,
            Event.Refused _,
            Event.LoggedOut _,
            Event.Pushed _ -> {}
      }
    }
    return violations;
  }

  private void add(
      Map<Place, Reported> reported, Place place, Reported now, List<Violation> violations) {
    Reported before = reported.put(place, now);
    if (before != null && before.maxSeq() > now.maxSeq()) {
      String text =
          "the highest seq of %s went back from %d to %d for %s"
              .formatted(place.conversation(), before.maxSeq(), now.maxSeq(), place.user());
      violations.add(new Violation(name(), text, List.of(before.entry(), now.entry())));
    }
  }

  private Violation unreadable(Event.Pulled pulled, Reported max, Entry entry) {
    String text =
        "%s was answered that %s reaches seq %d, but a pull does not return it"
            .formatted(pulled.user(), pulled.conversation(), max.maxSeq());
    return new Violation(name(), text, List.of(max.entry(), entry));
  }
}
