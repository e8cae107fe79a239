package im.hongyan.simulation;

import im.hongyan.messagelog.lane.LaneBatch;
import im.hongyan.messagelog.lane.LaneState;
import im.hongyan.msg.pull.LaneReader;
import im.hongyan.msg.pull.ReadStores;
import im.hongyan.msg.send.Acceptance.SentIds;
import im.hongyan.msg.send.BatchAcceptor;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.simulation.Conversations.Draft;
import im.hongyan.wire.error.ImException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A process of rpc-msg: accepts messages and answers pulls, by its own acceptor and reader. */
final class ServiceActor extends Actor {
  private static final int LANE = 0;

  private final ServiceCache cache;
  private final LaneReader reader;
  private final BatchAcceptor acceptor;
  private final Map<String, Shown> shown = new HashMap<>();
  private boolean appended;
  private boolean readsAll;
  private boolean doneReading;

  /** Highest seq of a conversation, and the position at which Redis showed the lane. */
  private record Shown(long seq, long position) {}

  ServiceActor(World world) {
    super(world, "service");
    cache = new ServiceCache();
    reader =
        new LaneReader(
            1,
            new ReadStores(
                cache,
                new NoViews(),
                new ActorInbox(world, this),
                new ServiceHistory(),
                new NoMarks()),
            new SimulatedTimer());
    SimulatedKafka.Producer producer = world.kafka.producer(false, this);
    acceptor =
        new BatchAcceptor(
            LANE,
            reader,
            (lane, record) -> {
              appended = true;
              return producer.append(record);
            },
            () -> Instant.ofEpochMilli(world.nowMillis()),
            Runnable::run);
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
    long seq =
        reader.tops(List.of(conversation)).getOrDefault(conversation, LaneReader.Top.NONE).seq();
    Shown top = new Shown(seq, cache.position);
    Shown before = shown.getOrDefault(conversation, new Shown(0, -1));
    Truth.require(
        top.seq() >= before.seq(), conversation + ": max seq fell from " + before + " to " + top);
    long truth = world.truth.highest(conversation, top.position());
    Truth.require(
        top.seq() == truth, conversation + ": max seq is shown as " + top + ", not " + truth);
    shown.put(conversation, top);
    for (long at = top.seq(); at > Math.max(0, top.seq() - most); at--) {
      world.truth.checkMessage("a pull", conversation, at, message(conversation, at));
    }
    if (top.seq() > most) {
      long older = 1 + world.random.nextLong(top.seq());
      world.truth.checkMessage("a pull", conversation, older, message(conversation, older));
    }
  }

  private MsgData message(String conversation, long seq) {
    try {
      return reader.message(conversation, seq);
    } catch (ImException failed) {
      Truth.require(
          !failed.detail().contains("is in no store"),
          conversation + " " + seq + " is visible and in no store");
      throw failed;
    }
  }

  private void send(Draft draft) {
    String serverMsgId = world.nextServerMsgId();
    long sendTime = world.nowMillis();
    InboundRecord record = Conversations.record(draft, serverMsgId, sendTime);
    MsgData message = Truth.message(record.getCopies(0).getMessage().toByteArray());
    CompletableFuture<SentIds> answer = new CompletableFuture<>();
    appended = false;
    acceptor.accept(List.of(new BatchAcceptor.Waiting(message, record, answer)));
    try {
      SentIds ids = answer.join();
      world.truth.acknowledged(draft.key(), ids.serverMsgId(), ids.sendTimeMillis());
      if (!appended) {
        world.resendsAnswered++;
      }
    } catch (CompletionException failed) {
      Truth.require(
          !String.valueOf(failed.getCause()).contains("two messages share"),
          draft.key() + " was answered with another message");
      world.refused++;
    }
  }

  /** Waits let others go on, and last as long as the world's time says. */
  private final class SimulatedTimer implements LaneReader.Timer {
    @Override
    public long nanoTime() {
      return world.nowMillis() * 1_000_000;
    }

    @Override
    public void pause(long millis) {
      point();
    }
  }

  /** Redis; with READER_POSITION_CHECK off it says that its position never falls. */
  private final class ServiceCache extends ActorCache {
    private long highest = -1;

    /** At the last look at seqs. */
    private long position = -1;

    ServiceCache() {
      super(ServiceActor.this.world, ServiceActor.this);
    }

    private LaneState said(LaneState state) {
      if (world.on(Rule.READER_POSITION_CHECK) || !state.present()) {
        return state;
      }
      highest = Math.max(highest, state.position());
      return new LaneState(state.generation(), highest, state.open(), state.completeSinceMillis());
    }

    private <T> Read<T> said(Read<T> read) {
      return new Read<>(said(read.state()), read.values());
    }

    @Override
    public Admissions admit(
        int lane, LaneState known, long leastPosition, List<Candidate> candidates, long nowMillis) {
      long least = world.on(Rule.READER_POSITION_CHECK) ? leastPosition : -1;
      Admissions answer = super.admit(lane, known, least, candidates, nowMillis);
      if (answer.admissions() != null) {
        Candidate candidate = candidates.getFirst();
        world.truth.admitted(
            new Draft(
                    candidate.conversationId(), candidate.sendId(), candidate.clientMsgId(), false)
                .key());
      }
      return new Admissions(said(answer.state()), answer.admissions());
    }

    @Override
    public Read<Map<String, Top>> seqs(int lane, String generation, List<String> conversations) {
      Read<Map<String, Top>> read = super.seqs(lane, generation, conversations);
      position = read.state().position();
      return said(read);
    }

    @Override
    public Read<Map<Long, byte[]>> bodies(
        int lane, String generation, String conversation, Collection<Long> seqs) {
      return said(super.bodies(lane, generation, conversation, seqs));
    }

    @Override
    public boolean apply(
        int lane, LaneState expected, long newPosition, LaneBatch batch, boolean trim) {
      throw new UnsupportedOperationException("no service writes");
    }
  }

  /** The history; with a rule off it says that it is never ahead of Redis. */
  private final class ServiceHistory extends ActorHistory {
    ServiceHistory() {
      super(ServiceActor.this.world, ServiceActor.this);
    }

    @Override
    public Heights heights(int lane, Collection<String> conversationIds) {
      Heights heights = super.heights(lane, conversationIds);
      return world.on(Rule.READER_HISTORY_NOT_BEYOND_POSITION)
          ? heights
          : new Heights(-1, heights.tops());
    }
  }
}
