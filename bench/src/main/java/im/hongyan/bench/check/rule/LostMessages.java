package im.hongyan.bench.check.rule;

import im.hongyan.bench.check.Copy;
import im.hongyan.bench.check.Event;
import im.hongyan.bench.check.Facts;
import im.hongyan.bench.check.History.Entry;
import im.hongyan.bench.check.Rule;
import im.hongyan.bench.check.Violation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An acknowledged message is returned to every participant that asks for everything afterwards
 * (messaging.md 10.2, invariant 4). A participant is judged from its last 1001 on.
 */
public final class LostMessages implements Rule {
  @Override
  public String name() {
    return "lost message";
  }

  /**
   * What a participant pulled after its last 1001: message ids, and the answers by conversation.
   */
  private static final class Pulls {
    private final Set<String> ids = new HashSet<>();
    private final Map<String, List<Entry>> answers = new HashMap<>();
  }

  @Override
  public List<Violation> check(Facts facts) {
    Map<String, Pulls> pulls = pulledAtTheEnd(facts);
    List<Violation> violations = new ArrayList<>();
    for (List<Entry> acknowledgements : facts.acknowledgements().values()) {
      Entry first = acknowledgements.getFirst();
      if (first.event() instanceof Event.Acknowledged promise) {
        for (String participant : facts.participants(promise.conversation())) {
          Entry asked = facts.lastMaxSeqs(participant);
          Pulls got = pulls.getOrDefault(participant, new Pulls());
          if (asked != null
              && asked.number() > first.number()
              && !got.ids.contains(promise.clientMsgId())) {
            List<Entry> evidence = new ArrayList<>();
            Entry sent = facts.sent(promise.clientMsgId());
            if (sent != null) {
              evidence.add(sent);
            }
            evidence.add(first);
            evidence.add(asked);
            evidence.addAll(got.answers.getOrDefault(promise.conversation(), List.of()));
            violations.add(violation(promise, participant, evidence));
          }
        }
      }
    }
    return violations;
  }

  private static Map<String, Pulls> pulledAtTheEnd(Facts facts) {
    Map<String, Pulls> pulls = new HashMap<>();
    for (Entry entry : facts.entries()) {
      if (entry.event() instanceof Event.Pulled pull) {
        Entry asked = facts.lastMaxSeqs(pull.user());
        if (asked != null && entry.number() > asked.number()) {
          Pulls got = pulls.computeIfAbsent(pull.user(), _ -> new Pulls());
          pull.copies().stream().map(Copy::clientMsgId).forEach(got.ids::add);
          got.answers.computeIfAbsent(pull.conversation(), _ -> new ArrayList<>()).add(entry);
        }
      }
    }
    return pulls;
  }

  private Violation violation(Event.Acknowledged lost, String participant, List<Entry> evidence) {
    String text =
        "%s was acknowledged, but %s does not get it from %s"
            .formatted(lost.clientMsgId(), participant, lost.conversation());
    return new Violation(name(), text, evidence);
  }
}
