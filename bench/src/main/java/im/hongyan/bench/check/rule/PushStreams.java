package im.hongyan.bench.check.rule;

import im.hongyan.bench.check.Facts;
import im.hongyan.bench.check.Sighting;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The pushes of a conversation, by connection. A gateway pushes a fresh connection the newest
 * message of each conversation that has changed lately, whatever its client knows, and beside what
 * comes then: clients by the official rules pass over what they have. So of a connection that was
 * opened after the conversation was first used, one push is left out if the others are in order
 * without it. Stateless.
 */
final class PushStreams {
  private PushStreams() {}

  private record Connection(String user, long began) {}

  /** The pushes with a seq, for each connection; none is empty. */
  static Collection<List<Sighting>> of(Facts facts, String conversation, List<Sighting> seen) {
    Map<Connection, List<Sighting>> streams = new LinkedHashMap<>();
    for (Sighting sighting : seen) {
      if (sighting.pushed() && sighting.copy().seq() > 0) {
        String user = sighting.user();
        long began = facts.connection(user, sighting.entry().number());
        streams.computeIfAbsent(new Connection(user, began), _ -> new ArrayList<>()).add(sighting);
      }
    }
    streams.replaceAll((connection, stream) ->
        facts.usedBefore(conversation, connection.began()) ? withoutOne(stream) : stream);
    return streams.values();
  }

  /** Without the push that spoils the order, if it is one alone. */
  private static List<Sighting> withoutOne(List<Sighting> stream) {
    for (int i = 1; i < stream.size(); i++) {
      if (seq(stream, i) <= seq(stream, i - 1)) {
        List<Sighting> withoutEarlier = without(stream, i - 1);
        List<Sighting> withoutLater = without(stream, i);
        if (ascends(withoutEarlier)) {
          return withoutEarlier;
        }
        return ascends(withoutLater) ? withoutLater : stream;
      }
    }
    return stream;
  }

  private static List<Sighting> without(List<Sighting> stream, int index) {
    List<Sighting> rest = new ArrayList<>(stream);
    rest.remove(index);
    return rest;
  }

  private static boolean ascends(List<Sighting> stream) {
    for (int i = 1; i < stream.size(); i++) {
      if (seq(stream, i) <= seq(stream, i - 1)) {
        return false;
      }
    }
    return true;
  }

  private static long seq(List<Sighting> stream, int index) {
    return stream.get(index).copy().seq();
  }
}
