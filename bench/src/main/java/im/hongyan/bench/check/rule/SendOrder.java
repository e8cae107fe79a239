package im.hongyan.bench.check.rule;

import im.hongyan.bench.check.Event;
import im.hongyan.bench.check.Facts;
import im.hongyan.bench.check.History.Entry;
import im.hongyan.bench.check.Rule;
import im.hongyan.bench.check.Sighting;
import im.hongyan.bench.check.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import org.jspecify.annotations.Nullable;

/**
 * A message acknowledged before another of its conversation was sent has the lower seq: whoever
 * answers is read after what is answered.
 */
public final class SendOrder implements Rule {
  @Override
  public String name() {
    return "order of sending";
  }

  @Override
  public List<Violation> check(Facts facts) {
    List<Violation> violations = new ArrayList<>();
    facts.sightings().keySet().forEach(id -> check(facts, facts.messages(id), violations));
    return violations;
  }

  /** From the highest seq down: nothing above may have been acknowledged before this was sent. */
  private void check(
      Facts facts, NavigableMap<Long, Sighting> messages, List<Violation> violations) {
    @Nullable Entry earliestAbove = null;
    @Nullable Sighting above = null;
    for (Sighting sighting : messages.descendingMap().values()) {
      String id = sighting.copy().clientMsgId();
      Entry sent = facts.sent(id);
      if (sent != null
          && earliestAbove != null
          && above != null
          && earliestAbove.number() < sent.number()) {
        violations.add(violation(earliestAbove, sent, sighting, above));
      }
      Entry acknowledged = firstAcknowledgement(facts, id);
      if (acknowledged != null
          && (earliestAbove == null || acknowledged.number() < earliestAbove.number())) {
        earliestAbove = acknowledged;
        above = sighting;
      }
    }
  }

  private static @Nullable Entry firstAcknowledgement(Facts facts, String clientMsgId) {
    List<Entry> all = facts.acknowledgements().get(clientMsgId);
    return all == null ? null : all.getFirst();
  }

  private Violation violation(Entry acknowledged, Entry sent, Sighting later, Sighting earlier) {
    String earlierId =
        acknowledged.event() instanceof Event.Acknowledged event ? event.clientMsgId() : "";
    String text =
        "%s was acknowledged before %s was sent, but has the higher seq: %d, not below %d"
            .formatted(
                earlierId, later.copy().clientMsgId(), earlier.copy().seq(), later.copy().seq());
    List<Entry> evidence = new ArrayList<>(List.of(acknowledged, sent));
    evidence.add(later.entry());
    evidence.add(earlier.entry());
    return new Violation(name(), text, evidence);
  }
}
