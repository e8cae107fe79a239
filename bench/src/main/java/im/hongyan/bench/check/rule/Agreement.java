package im.hongyan.bench.check.rule;

import im.hongyan.bench.check.Copy;
import im.hongyan.bench.check.Event;
import im.hongyan.bench.check.Facts;
import im.hongyan.bench.check.History.Entry;
import im.hongyan.bench.check.Rule;
import im.hongyan.bench.check.Sighting;
import im.hongyan.bench.check.Violation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The reply's serverMsgID and sendTime are those of every copy, and of the reply to every resend
 * (invariants 6 and 7).
 */
public final class Agreement implements Rule {
  /** What the server gave a message, as one event shows it. */
  private record Given(String serverMsgId, long sendTime, Entry entry) {
    boolean agrees(Given other) {
      return serverMsgId.equals(other.serverMsgId) && sendTime == other.sendTime;
    }
  }

  @Override
  public String name() {
    return "ids or times differ";
  }

  @Override
  public List<Violation> check(Facts facts) {
    Map<String, Given> firsts = new HashMap<>();
    Set<String> reported = new HashSet<>();
    List<Violation> violations = new ArrayList<>();
    for (List<Entry> replies : facts.acknowledgements().values()) {
      for (Entry reply : replies) {
        if (reply.event() instanceof Event.Acknowledged given) {
          Given now = new Given(given.serverMsgId(), given.sendTime(), reply);
          compare(given.clientMsgId(), now, firsts, reported, violations);
        }
      }
    }
    for (List<Sighting> seen : facts.sightings().values()) {
      for (Sighting sighting : seen) {
        Copy copy = sighting.copy();
        if (!copy.clientMsgId().isEmpty() && facts.sent(copy.clientMsgId()) != null) {
          Given now = new Given(copy.serverMsgId(), copy.sendTime(), sighting.entry());
          compare(copy.clientMsgId(), now, firsts, reported, violations);
        }
      }
    }
    return violations;
  }

  private void compare(
      String clientMsgId,
      Given now,
      Map<String, Given> firsts,
      Set<String> reported,
      List<Violation> violations) {
    Given first = firsts.putIfAbsent(clientMsgId, now);
    if (first != null && !first.agrees(now) && reported.add(clientMsgId)) {
      String text =
          "%s is %s of %d in one place and %s of %d in another"
              .formatted(
                  clientMsgId,
                  first.serverMsgId(),
                  first.sendTime(),
                  now.serverMsgId(),
                  now.sendTime());
      List<Entry> evidence = new ArrayList<>(List.of(first.entry(), now.entry()));
      evidence.sort(Comparator.comparingLong(Entry::number));
      violations.add(new Violation(name(), text, evidence));
    }
  }
}
