package im.hongyan.bench.check.rule;

import im.hongyan.bench.check.Copy;
import im.hongyan.bench.check.Facts;
import im.hongyan.bench.check.History.Entry;
import im.hongyan.bench.check.Rule;
import im.hongyan.bench.check.Sighting;
import im.hongyan.bench.check.Violation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One (sendID, clientMsgID) has one seq in its conversation, however often it was sent (invariants
 * 5 and 6), and reaches a client by push once.
 */
public final class Duplicates implements Rule {
  private record Author(String sendId, String clientMsgId) {}

  private record Push(String user, Author author) {}

  @Override
  public String name() {
    return "duplicate";
  }

  @Override
  public List<Violation> check(Facts facts) {
    List<Violation> violations = new ArrayList<>();
    facts.sightings().forEach((conversation, seen) -> check(conversation, seen, violations));
    return violations;
  }

  private void check(String conversation, List<Sighting> seen, List<Violation> violations) {
    Map<Author, Sighting> firsts = new HashMap<>();
    Map<Push, Sighting> pushes = new HashMap<>();
    Set<Author> told = new HashSet<>();
    for (Sighting sighting : seen) {
      Copy copy = sighting.copy();
      if (copy.clientMsgId().isEmpty() || copy.seq() == 0) {
        continue;
      }
      Author author = new Author(copy.sendId(), copy.clientMsgId());
      Sighting first = firsts.putIfAbsent(author, sighting);
      if (first != null && first.copy().seq() != copy.seq() && told.add(author)) {
        String text =
            "%s has the seqs %d and %d in %s"
                .formatted(copy.clientMsgId(), first.copy().seq(), copy.seq(), conversation);
        violations.add(new Violation(name(), text, List.of(first.entry(), sighting.entry())));
      }
      if (sighting.pushed()) {
        pushedOnce(sighting, pushes.putIfAbsent(new Push(sighting.user(), author), sighting))
            .forEach(violations::add);
      }
    }
  }

  private List<Violation> pushedOnce(Sighting sighting, @Nullable Sighting earlier) {
    if (earlier == null || earlier.copy().seq() != sighting.copy().seq()) {
      return List.of();
    }
    String text = sighting.copy().clientMsgId() + " was pushed to " + sighting.user() + " twice";
    List<Entry> evidence = List.of(earlier.entry(), sighting.entry());
    return List.of(new Violation(name(), text, evidence));
  }
}
