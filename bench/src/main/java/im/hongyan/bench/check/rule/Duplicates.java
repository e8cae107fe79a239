package im.hongyan.bench.check.rule;

import im.hongyan.bench.check.Copy;
import im.hongyan.bench.check.Facts;
import im.hongyan.bench.check.Rule;
import im.hongyan.bench.check.Sighting;
import im.hongyan.bench.check.Violation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One (sendID, clientMsgID) has one seq in its conversation, however often it was sent (invariants
 * 5 and 6), and reaches a connection by push once, but for what {@link PushStreams} allows.
 */
public final class Duplicates implements Rule {
  private record Author(String sendId, String clientMsgId) {}

  @Override
  public String name() {
    return "duplicate";
  }

  @Override
  public List<Violation> check(Facts facts) {
    List<Violation> violations = new ArrayList<>();
    facts
        .sightings()
        .forEach((conversation, seen) -> {
          check(conversation, seen, violations);
          PushStreams.of(facts, conversation, seen).forEach(stream -> pushed(stream, violations));
        });
    return violations;
  }

  private void check(String conversation, List<Sighting> seen, List<Violation> violations) {
    Map<Author, Sighting> firsts = new HashMap<>();
    Set<Author> reported = new HashSet<>();
    for (Sighting sighting : seen) {
      Copy copy = sighting.copy();
      if (copy.clientMsgId().isEmpty() || copy.seq() == 0) {
        continue;
      }
      Author author = new Author(copy.sendId(), copy.clientMsgId());
      Sighting first = firsts.putIfAbsent(author, sighting);
      if (first != null && first.copy().seq() != copy.seq() && reported.add(author)) {
        String text =
            "%s has the seqs %d and %d in %s"
                .formatted(copy.clientMsgId(), first.copy().seq(), copy.seq(), conversation);
        violations.add(new Violation(name(), text, List.of(first.entry(), sighting.entry())));
      }
    }
  }

  private void pushed(List<Sighting> stream, List<Violation> violations) {
    Map<Long, Sighting> pushes = new HashMap<>();
    for (Sighting sighting : stream) {
      Sighting earlier = pushes.putIfAbsent(sighting.copy().seq(), sighting);
      if (earlier != null && sighting.copy().sameMessage(earlier.copy())) {
        String text =
            sighting.copy().clientMsgId() + " was pushed to " + sighting.user() + " twice";
        violations.add(new Violation(name(), text, List.of(earlier.entry(), sighting.entry())));
      }
    }
  }
}
