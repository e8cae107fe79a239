package im.hongyan.bench.check.rule;

import im.hongyan.bench.check.Copy;
import im.hongyan.bench.check.Event;
import im.hongyan.bench.check.Event.ReadPositions.Position;
import im.hongyan.bench.check.History;
import im.hongyan.bench.check.Violation;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Writes histories of the users a and b in one conversation; c takes no part in it. */
final class Story {
  static final String CHAT = "si_a_b";

  final History history = new History();

  Story() {
    history.add(new Event.Opened("a", CHAT, Set.of("a", "b")));
  }

  static Copy copy(String id, long seq) {
    return new Copy(seq, id, "server-" + id, "a", 1_000, 2);
  }

  static Copy placeholder(long seq) {
    return new Copy(seq, "", "", "", 1_000, 4);
  }

  Story sent(String id) {
    history.add(new Event.Sent("a", CHAT, id));
    return this;
  }

  Story acknowledged(String id) {
    return acknowledged(id, "server-" + id, 1_000);
  }

  Story acknowledged(String id, String serverMsgId, long sendTime) {
    history.add(new Event.Acknowledged("a", CHAT, id, serverMsgId, sendTime));
    return this;
  }

  Story refused(String id) {
    return refused(id, 1302);
  }

  Story refused(String id, int code) {
    history.add(new Event.Refused("a", CHAT, id, code));
    return this;
  }

  Story pushed(String user, Copy... copies) {
    history.add(new Event.Pushed(user, CHAT, List.of(copies)));
    return this;
  }

  Story connected(String user) {
    history.add(new Event.Connected(user));
    return this;
  }

  Story pulled(String user, long begin, long end, Copy... copies) {
    return pulled(user, history.next(), begin, end, copies);
  }

  Story pulled(String user, long askedAt, long begin, long end, Copy... copies) {
    history.add(new Event.Pulled(user, CHAT, begin, end, end, askedAt, List.of(copies)));
    return this;
  }

  Story maxSeq(String user, long maxSeq) {
    history.add(new Event.MaxSeqs(user, Map.of(CHAT, maxSeq)));
    return this;
  }

  Story read(String user, long maxSeq, long readSeq) {
    history.add(new Event.ReadPositions(user, Map.of(CHAT, new Position(maxSeq, readSeq))));
    return this;
  }

  /** Everybody pulls everything. */
  Story end(Copy... copies) {
    for (String user : List.of("a", "b")) {
      maxSeq(user, copies.length).pulled(user, 1, copies.length, copies);
    }
    return this;
  }

  List<Violation> violations() {
    return Checker.check(history);
  }

  Stream<String> brokenRules() {
    return violations().stream().map(Violation::rule).distinct();
  }
}
