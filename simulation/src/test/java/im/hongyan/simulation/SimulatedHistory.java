package im.hongyan.simulation;

import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.messagelog.lane.HistoryStore.Heights;
import im.hongyan.messagelog.lane.HistoryStore.Row;
import im.hongyan.messagelog.lane.HistoryStore.Top;
import im.hongyan.proto.sequencing.FollowerPosition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** The history in MySQL; a failover may take the transactions of the last minute away. */
final class SimulatedHistory {
  /** What is older survives every failover. */
  static final long DURABLE_AFTER_MILLIS = 60_000;

  private record Stored(Row row, long committedAtMillis) {}

  private record Transaction(long committedAtMillis, FollowerPosition before, List<String> added) {}

  private final World world;
  private final Map<String, Stored> rows = new LinkedHashMap<>();
  private final List<Transaction> transactions = new ArrayList<>();
  private FollowerPosition position = HistoryStore.START;

  SimulatedHistory(World world) {
    this.world = world;
  }

  private static String key(String conversationId, long seq) {
    return conversationId + ":" + seq;
  }

  FollowerPosition position() {
    return position;
  }

  boolean append(long expectedOffset, FollowerPosition next, List<Row> added) {
    if (position.getOffset() != expectedOffset) {
      return false;
    }
    List<String> fresh = new ArrayList<>();
    for (Row row : added) {
      String key = key(row.conversationId(), row.seq());
      Stored there = rows.putIfAbsent(key, new Stored(row, world.nowMillis()));
      Truth.require(
          there == null || Arrays.equals(there.row().body(), row.body()),
          "history holds another message as " + key);
      if (there == null) {
        fresh.add(key);
      }
    }
    transactions.add(new Transaction(world.nowMillis(), position, fresh));
    position = next;
    world.trace(() -> "history takes " + fresh + " at " + next.getOffset());
    return true;
  }

  Heights heights(Collection<String> conversationIds) {
    Map<String, Top> tops = new HashMap<>();
    for (Stored stored : rows.values()) {
      Row row = stored.row();
      if (conversationIds.contains(row.conversationId())) {
        tops.merge(
            row.conversationId(),
            new Top(row.seq(), row.sendTimeMillis()),
            (a, b) -> a.seq() > b.seq() ? a : b);
      }
    }
    return new Heights(position.getOffset(), tops);
  }

  Optional<Row> findSent(String conversationId, String sendId, String clientMsgId) {
    return rows.values().stream()
        .map(Stored::row)
        .filter(row ->
            row.conversationId().equals(conversationId)
                && row.sendId().equals(sendId)
                && row.clientMsgId().equals(clientMsgId))
        .findFirst();
  }

  byte @Nullable [] find(String conversationId, long seq) {
    Stored stored = rows.get(key(conversationId, seq));
    return stored == null ? null : stored.row().body();
  }

  boolean durable(String conversationId, long seq) {
    Stored stored = rows.get(key(conversationId, seq));
    return stored != null && stored.committedAtMillis() < world.nowMillis() - DURABLE_AFTER_MILLIS;
  }

  /** A failover takes the last transactions away, rows and position together. */
  void loseLast(Random random) {
    int lost = 0;
    while (lost < transactions.size()
        && transactions.get(transactions.size() - 1 - lost).committedAtMillis()
            >= world.nowMillis() - DURABLE_AFTER_MILLIS) {
      lost++;
    }
    lost = lost == 0 ? 0 : random.nextInt(lost + 1);
    for (int i = 0; i < lost; i++) {
      Transaction last = transactions.removeLast();
      last.added().forEach(rows::remove);
      if (world.on(Rule.HISTORY_POSITION_IN_TRANSACTION)) {
        position = last.before();
      }
    }
    int taken = lost;
    world.trace(() -> "history loses " + taken + " transactions, is at " + position.getOffset());
  }
}
