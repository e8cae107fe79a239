package im.hongyan.transfer.sequencer.simulation;

import im.hongyan.messagelog.kafka.LaneRecords;
import im.hongyan.messagelog.redis.LaneCache.Candidate;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.transfer.sequencer.simulation.Conversations.Draft;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;

/** A process of rpc-msg: accepts messages as its LaneAcceptor does, and answers pulls. */
final class ServiceActor extends Actor {
  private final LaneReading reading;
  private final SimulatedKafka.Producer producer;
  private final Map<String, LaneReading.Shown> shown = new HashMap<>();
  private boolean readsAll;
  private boolean doneReading;

  ServiceActor(World world) {
    super(world, "service");
    reading = new LaneReading(world, this);
    producer = world.kafka.producer(false, this);
  }

  /** Only reads everything and sends everything again, once. */
  ServiceActor readAll() {
    readsAll = true;
    return this;
  }

  boolean doneReading() {
    return doneReading;
  }

  @Override
  void run() {
    if (readsAll) {
      Conversations.ALL.forEach(conversation -> pull(conversation, Integer.MAX_VALUE));
      List.copyOf(world.drafts).forEach(this::send);
      doneReading = true;
      return;
    }
    while (true) {
      point();
      try {
        work();
      } catch (RuntimeException refused) {
        // The client gets 500 and may try again.
        world.refused++;
      }
    }
  }

  private void work() {
    if (world.random.nextInt(3) == 0) {
      pull(Conversations.ALL.get(world.random.nextInt(Conversations.ALL.size())), 4);
    } else {
      send(world.draft());
    }
  }

  private void pull(String conversation, int most) {
    LaneReading.Shown top = reading.top(conversation);
    LaneReading.Shown before = shown.getOrDefault(conversation, new LaneReading.Shown(0, -1));
    Truth.require(
        top.seq() >= before.seq(), conversation + ": max seq fell from " + before + " to " + top);
    long truth = world.truth.highest(conversation, top.position());
    Truth.require(
        top.seq() == truth, conversation + ": max seq is shown as " + top + ", not " + truth);
    shown.put(conversation, top);
    for (long seq = top.seq(); seq > Math.max(0, top.seq() - most); seq--) {
      world.truth.checkBody("a pull", conversation, seq, reading.body(conversation, seq));
    }
    if (top.seq() > most) {
      long older = 1 + world.random.nextLong(top.seq());
      world.truth.checkBody("a pull", conversation, older, reading.body(conversation, older));
    }
  }

  private void send(Draft draft) {
    Candidate candidate =
        new Candidate(
            draft.conversationId(),
            draft.sendId(),
            draft.clientMsgId(),
            world.nextServerMsgId(),
            world.nowMillis());
    LaneReading.Admitted admitted = reading.admit(candidate);
    world.truth.admitted(draft.key());
    long seq = admitted.admission().sequencedAs();
    if (seq > 0) {
      acknowledge(draft, Truth.message(reading.body(draft.conversationId(), seq)));
      return;
    }
    if (!admitted.complete()) {
      Optional<MsgData> stored = reading.findSent(candidate);
      if (stored.isPresent()) {
        acknowledge(draft, stored.get());
        return;
      }
    }
    String serverMsgId = admitted.admission().serverMsgId();
    long sendTime = admitted.admission().sendTimeMillis();
    SimulatedFuture appended =
        producer.append(LaneRecords.encode(Conversations.record(draft, serverMsgId, sendTime)));
    try {
      appended.join();
    } catch (CompletionException unknown) {
      world.refused++;
      return;
    }
    world.truth.acknowledged(draft.key(), serverMsgId, sendTime);
  }

  private void acknowledge(Draft draft, MsgData stored) {
    Truth.require(
        stored.getClientMsgID().equals(draft.clientMsgId()),
        draft.key() + " was answered with another message");
    world.truth.acknowledged(draft.key(), stored.getServerMsgID(), stored.getSendTime());
    world.resendsAnswered++;
  }
}
