package im.hongyan.bench.check.rule;

import im.hongyan.bench.check.Copy;
import im.hongyan.bench.check.Event;
import im.hongyan.bench.check.Facts;
import im.hongyan.bench.check.History.Entry;
import im.hongyan.bench.check.Rule;
import im.hongyan.bench.check.Violation;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a client that follows the official rules would never show (websocket.md 8.4, 8.5): it takes
 * the end of a pulled range as synced whatever came back, drops a push behind that, and never asks
 * again. Found is each message that somebody saw and that lies in such a range without having come.
 *
 * <p>Messages that the range had to leave out, being longer than what was asked for, are not
 * missed: clients page to them.
 */
public final class MissedByClient implements Rule {
  private record Place(String user, String conversation) {}

  /** One client's view of one conversation, as in the SDK. */
  private static final class View {
    private final TreeMap<Long, Entry> owed = new TreeMap<>();
    private long synced;

    void push(Event.Pushed pushed) {
      List<Copy> counted = pushed.copies().stream().filter(copy -> copy.seq() > 0).toList();
      if (!counted.isEmpty() && counted.getLast().seq() == synced + counted.size()) {
        synced = counted.getLast().seq();
      }
    }

    void pull(Event.Pulled pulled, Entry entry) {
      for (long seq = Math.max(synced + 1, pulled.first()); seq <= pulled.end(); seq++) {
        owed.put(seq, entry);
      }
      for (Copy copy : pulled.copies()) {
        if (!copy.isPlaceholder() && copy.seq() > synced) {
          owed.remove(copy.seq());
        }
      }
      synced = Math.max(synced, pulled.end());
    }
  }

  @Override
  public String name() {
    return "missed by a client";
  }

  @Override
  public List<Violation> check(Facts facts) {
    Map<Place, View> views = new HashMap<>();
    for (Entry entry : facts.entries()) {
      switch (entry.event()) {
        case Event.Pushed pushed -> view(views, pushed.user(), pushed.conversation()).push(pushed);
        case Event.Pulled pulled when facts.mayRead(pulled.user(), pulled.conversation()) ->
            view(views, pulled.user(), pulled.conversation()).pull(pulled, entry);
        default -> {}
      }
    }
    List<Violation> violations = new ArrayList<>();
    views.forEach((place, view) ->
        view.owed.forEach((seq, pull) -> {
          var seen = facts.messages(place.conversation()).get(seq);
          if (seen != null) {
            String text =
                "%s takes seq %d of %s as synced without having got it; %s got it"
                    .formatted(place.user(), seq, place.conversation(), seen.user());
            violations.add(new Violation(name(), text, inOrder(pull, seen.entry())));
          }
        }));
    return violations;
  }

  private static View view(Map<Place, View> views, String user, String conversation) {
    return views.computeIfAbsent(new Place(user, conversation), _ -> new View());
  }

  private static List<Entry> inOrder(Entry a, Entry b) {
    return a.number() <= b.number() ? List.of(a, b) : List.of(b, a);
  }
}
