package im.hongyan.simulation;

import im.hongyan.messagelog.lane.InboxStore.Entry;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.wire.error.ImException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * The inbox in MongoDB; it writes through now and then only, so that a crash takes its last half
 * minute away, entries and position each as it likes. Its writer notices: the next call fails.
 */
final class SimulatedInbox {
  private static final long LOSES_MILLIS = 30_000;

  private record Stored(byte[] body, long storedAtMillis) {}

  private record Kept(FollowerPosition position, long keptAtMillis) {}

  private final World world;
  private final Map<String, Stored> entries = new LinkedHashMap<>();
  private final List<Kept> positions = new ArrayList<>();
  private int crashes;

  SimulatedInbox(World world) {
    this.world = world;
    positions.add(new Kept(FollowerPosition.newBuilder().setOffset(-1).build(), 0));
  }

  private static String key(String conversationId, long seq) {
    return conversationId + ":" + seq;
  }

  /** How often the store crashed; a connection that saw fewer is broken. */
  int crashes() {
    return crashes;
  }

  void put(List<Entry> written) {
    for (Entry entry : written) {
      String key = key(entry.conversationId(), entry.seq());
      Stored there = entries.putIfAbsent(key, new Stored(entry.body(), world.nowMillis()));
      Truth.require(
          there == null || Arrays.equals(there.body(), entry.body()),
          "the inbox holds another message as " + key);
    }
  }

  FollowerPosition position() {
    return positions.getLast().position();
  }

  void setPosition(FollowerPosition position) {
    positions.add(new Kept(position, world.nowMillis()));
    world.trace(() -> "the inbox is at " + position.getOffset() + " " + position.getClaimsList());
  }

  byte @Nullable [] find(String conversationId, long seq) {
    Stored stored = entries.get(key(conversationId, seq));
    return stored == null ? null : stored.body();
  }

  void crash(Random random) {
    crashes++;
    long entriesUntil = world.nowMillis() - random.nextLong(LOSES_MILLIS);
    entries.values().removeIf(stored -> stored.storedAtMillis() >= entriesUntil);
    long positionUntil = world.nowMillis() - random.nextLong(LOSES_MILLIS);
    while (positions.size() > 1 && positions.getLast().keptAtMillis() >= positionUntil) {
      positions.removeLast();
    }
    world.trace(() -> "the inbox crashes: " + entries.keySet() + " at " + position().getOffset());
  }

  static ImException gone() {
    return ImException.internal("the inbox went away", null);
  }
}
