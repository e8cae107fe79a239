package im.hongyan.simulation;

import im.hongyan.messagelog.lane.LaneRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeoutException;

/**
 * Two logs and what is on its way to them. Records of one producer arrive in their order, those of
 * several in any; one may arrive long after its producer gave up or died, and its acknowledgement
 * may be lost.
 */
final class SimulatedKafka {
  private static final long GIVE_UP_MILLIS = 8_000;

  /** So long may a request of rpc-msg still reach the broker. */
  private static final long OLDEST_INBOUND_MILLIS = 50_000;

  final List<LaneRecord> inbound = new ArrayList<>();
  final List<LaneRecord> sequenced = new ArrayList<>();
  int deadLetters;
  private final World world;
  private final List<Producer> producers = new ArrayList<>();

  private record Send(byte[] value, SimulatedFuture<Long> outcome, long sentAtMillis) {}

  SimulatedKafka(World world) {
    this.world = world;
  }

  /** A client that appends to one of the logs. */
  final class Producer {
    private final boolean toSequenced;
    private final Actor actor;
    private final Deque<Send> onTheWay = new ArrayDeque<>();
    private boolean broken;
    private boolean closed;

    private Producer(boolean toSequenced, Actor actor) {
      this.toSequenced = toSequenced;
      this.actor = actor;
    }

    SimulatedFuture<Long> append(byte[] value) {
      SimulatedFuture<Long> outcome = new SimulatedFuture<>(actor);
      if (closed || broken) {
        outcome.completeExceptionally(new IllegalStateException("the producer has ended"));
      } else {
        onTheWay.addLast(new Send(value, outcome, world.nowMillis()));
      }
      return outcome;
    }

    void close() {
      closed = true;
      onTheWay.forEach(send -> fail(send, "closed"));
    }

    private void failed() {
      broken |= toSequenced && world.on(Rule.APPENDS_END_AT_FAILURE);
    }
  }

  Producer producer(boolean toSequenced, Actor actor) {
    Producer producer = new Producer(toSequenced, actor);
    producers.add(producer);
    return producer;
  }

  private static void fail(Send send, String why) {
    send.outcome().completeExceptionally(new TimeoutException(why));
  }

  boolean quiet() {
    return producers.stream().allMatch(producer -> producer.onTheWay.isEmpty());
  }

  /** Fails what waits too long; it may arrive all the same. */
  void giveUp() {
    long now = world.nowMillis();
    for (Producer producer : producers) {
      for (Send send : producer.onTheWay) {
        if (send.sentAtMillis() < now - GIVE_UP_MILLIS && !send.outcome().isDone()) {
          fail(send, "timed out");
          producer.failed();
        }
      }
      while (!producer.toSequenced
          && !producer.onTheWay.isEmpty()
          && producer.onTheWay.getFirst().sentAtMillis() < now - OLDEST_INBOUND_MILLIS) {
        producer.onTheWay.removeFirst();
      }
    }
    producers.removeIf(
        producer -> producer.onTheWay.isEmpty() && (producer.closed || !producer.actor.alive()));
  }

  /** Something arrives. */
  void deliver(Random random, boolean faults) {
    List<Producer> sending = producers.stream().filter(p -> !p.onTheWay.isEmpty()).toList();
    if (sending.isEmpty()) {
      return;
    }
    Producer producer = sending.get(random.nextInt(sending.size()));
    boolean cutOff = producer.closed || !producer.actor.alive();
    if (cutOff && (!faults || random.nextInt(4) == 0)) {
      producer.onTheWay.clear();
      return;
    }
    int waiting = producer.onTheWay.size();
    int count = random.nextInt(3) > 0 ? waiting : 1 + random.nextInt(waiting);
    int luck = faults ? random.nextInt(100) : 99;
    if (luck < 3) {
      refuse(producer);
      return;
    }
    for (int i = 0; i < count; i++) {
      Send send = producer.onTheWay.removeFirst();
      long offset = append(producer.toSequenced, send.value());
      if (luck >= 8) {
        send.outcome().complete(offset);
      } else {
        fail(send, "not acknowledged");
        producer.failed();
      }
    }
    if (producer.broken) {
      producer.onTheWay.clear();
    }
  }

  private void refuse(Producer producer) {
    producer.failed();
    Send first = producer.onTheWay.removeFirst();
    fail(first, "refused");
    if (producer.broken) {
      producer.onTheWay.forEach(send -> fail(send, "closed after a failure"));
      producer.onTheWay.clear();
    }
  }

  long append(boolean toSequenced, byte[] value) {
    List<LaneRecord> log = toSequenced ? sequenced : inbound;
    LaneRecord record = new LaneRecord(log.size(), world.nowMillis(), value);
    log.add(record);
    world.trace(() ->
        (toSequenced ? "sequenced " : "inbound ")
            + record.offset()
            + ": "
            + world.show(record, toSequenced));
    if (toSequenced) {
      world.truth.sequencedAppended(record);
    } else {
      world.truth.inboundAppended(record);
    }
    return record.offset();
  }
}
