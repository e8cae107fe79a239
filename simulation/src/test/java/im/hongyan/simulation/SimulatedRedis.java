package im.hongyan.simulation;

import im.hongyan.messagelog.lane.LaneBatch;
import im.hongyan.messagelog.lane.LaneCache.Admission;
import im.hongyan.messagelog.lane.LaneCache.Admissions;
import im.hongyan.messagelog.lane.LaneCache.Candidate;
import im.hongyan.messagelog.lane.LaneCache.Numbered;
import im.hongyan.messagelog.lane.LaneCache.Read;
import im.hongyan.messagelog.lane.LaneCache.Top;
import im.hongyan.messagelog.lane.LaneState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A lane's part of Redis: each method does what one of the scripts in resources/redis does. */
final class SimulatedRedis {
  private static final String STATE = "state";
  private static final String OPEN = "open";
  private static final long DAY_MILLIS = 86_400_000;

  private final World world;
  private Map<String, Object> keys = new LinkedHashMap<>();
  private final List<Map<String, Object>> snapshots = new ArrayList<>();
  private int generations;
  private int server;

  SimulatedRedis(World world) {
    this.world = world;
  }

  LaneState state() {
    LaneState state = (LaneState) keys.getOrDefault(STATE, LaneState.ABSENT);
    boolean open = Integer.valueOf(server).equals(keys.get(OPEN));
    return new LaneState(state.generation(), state.position(), open, state.completeSinceMillis());
  }

  private void setState(LaneState next) {
    LaneState before = state();
    world.trace(() -> "Redis moves from " + before + " to " + next);
    if (before.present()) {
      world.truth.positionMoved(before.position(), next.position());
    }
    world.truth.positionMoved(-1, next.position());
    keys.put(STATE, next);
    checkSeqs();
  }

  /** What Redis shows must be what the log says up to the position. */
  private void checkSeqs() {
    LaneState state = state();
    for (String conversation : Conversations.ALL) {
      Top top = (Top) keys.get(seqKey(state.generation(), conversation));
      long truth = world.truth.highest(conversation, state.position());
      Truth.require(
          top == null || top.seq() == truth,
          "Redis shows " + top + " of " + conversation + " at " + state + " instead of " + truth);
    }
  }

  private static String seqKey(String generation, String conversation) {
    return generation + ":s:" + conversation;
  }

  private static String windowKey(
      String generation, long day, String conversation, String sender, String client) {
    return generation + ":w:" + day + ":" + conversation + "|" + sender + "|" + client;
  }

  private static String cacheKey(String generation, String conversation, long seq) {
    return generation + ":m:" + conversation + ":" + seq;
  }

  private static String ticketKey(String conversation, String sender, String client) {
    return "t:" + conversation + "|" + sender + "|" + client;
  }

  String newGeneration() {
    return "g" + ++generations;
  }

  /** apply.lua */
  boolean apply(LaneState expected, long newPosition, List<Numbered> copies) {
    LaneState state = state();
    boolean asExpected =
        state.generation().equals(expected.generation()) && state.position() == expected.position();
    if (!asExpected && (world.on(Rule.REDIS_POSITION_CHECK) || !state.present())) {
      return false;
    }
    write(state.generation(), copies);
    setState(
        new LaneState(state.generation(), newPosition, state.open(), state.completeSinceMillis()));
    return true;
  }

  private void write(String generation, List<Numbered> copies) {
    for (Numbered copy : copies) {
      String conversation = copy.conversationId();
      String sender = copy.sendId();
      String client = copy.clientMsgId();
      keys.put(seqKey(generation, conversation), new Top(copy.seq(), copy.sendTimeMillis()));
      if (!client.isEmpty()) {
        long day = copy.sendTimeMillis() / DAY_MILLIS;
        keys.put(windowKey(generation, day, conversation, sender, client), copy.seq());
        keys.remove(ticketKey(conversation, sender, client));
      }
      keys.put(cacheKey(generation, conversation, copy.seq()), copy.body());
    }
  }

  /** apply.lua on the keys of a generation that is not published yet */
  boolean load(String generation, int loadedBefore, LaneBatch batch) {
    String staging = "load:" + generation;
    if (loadedBefore > 0 && !Integer.valueOf(loadedBefore).equals(keys.get(staging))) {
      return false;
    }
    keys.put(staging, loadedBefore + batch.size());
    write(generation, batch.copies());
    return true;
  }

  /** publish.lua */
  boolean publish(LaneState next, int loaded, LaneState replaced) {
    LaneState state = state();
    Object staged = keys.get("load:" + next.generation());
    boolean whole = loaded == 0 || Integer.valueOf(loaded).equals(staged);
    if (!state.generation().equals(replaced.generation())
        || state.position() != replaced.position()
        || !whole) {
      return false;
    }
    keys.remove(OPEN);
    if (next.open()) {
      keys.put(OPEN, server);
    }
    setState(next);
    return true;
  }

  /** The server's run id. */
  String server() {
    return "server" + server;
  }

  /** open.lua */
  boolean open(LaneState expected, String on) {
    LaneState state = state();
    if (!state.generation().equals(expected.generation())
        || state.position() != expected.position()
        || !on.equals(server())) {
      return false;
    }
    world.trace(() -> "Redis opens " + state);
    keys.put(OPEN, server);
    return true;
  }

  /** admit.lua, for one candidate */
  Admissions admit(LaneState known, long leastPosition, Candidate candidate) {
    LaneState state = state();
    if (!state.present()
        || !state.generation().equals(known.generation())
        || !state.open()
        || state.position() < leastPosition) {
      return new Admissions(state, null);
    }
    long seq = windowed(state.generation(), candidate);
    if (seq > 0) {
      return new Admissions(state, List.of(new Admission(seq, "", 0)));
    }
    String ticket =
        ticketKey(candidate.conversationId(), candidate.sendId(), candidate.clientMsgId());
    Admission opened = new Admission(0, candidate.serverMsgId(), candidate.sendTimeMillis());
    Object open = world.on(Rule.TICKETS) ? keys.putIfAbsent(ticket, opened) : null;
    return new Admissions(state, List.of(open == null ? opened : (Admission) open));
  }

  private long windowed(String generation, Candidate candidate) {
    long today = world.nowMillis() / DAY_MILLIS;
    for (long day = today; day >= today - 1; day--) {
      Object seq =
          keys.get(
              windowKey(
                  generation,
                  day,
                  candidate.conversationId(),
                  candidate.sendId(),
                  candidate.clientMsgId()));
      if (seq != null && world.on(Rule.RESEND_WINDOW)) {
        return (Long) seq;
      }
    }
    return 0;
  }

  Read<List<Long>> windowed(String generation, List<Candidate> candidates) {
    if (!state().generation().equals(generation)) {
      return new Read<>(state(), null);
    }
    return new Read<>(
        state(), candidates.stream().map(candidate -> windowed(generation, candidate)).toList());
  }

  /** read.lua on seqs */
  Read<Map<String, Top>> seqs(String generation, List<String> conversations) {
    if (!state().present() || !state().generation().equals(generation)) {
      return new Read<>(state(), null);
    }
    Map<String, Top> found = new HashMap<>();
    for (String conversation : conversations) {
      Top top = (Top) keys.get(seqKey(generation, conversation));
      if (top != null) {
        found.put(conversation, top);
      }
    }
    return new Read<>(state(), found);
  }

  /** read.lua on bodies */
  Read<Map<Long, byte[]>> bodies(String generation, String conversation, Collection<Long> seqs) {
    if (!state().present() || !state().generation().equals(generation)) {
      return new Read<>(state(), null);
    }
    Map<Long, byte[]> found = new HashMap<>();
    for (long seq : seqs) {
      byte[] body = (byte[]) keys.get(cacheKey(generation, conversation, seq));
      if (body != null) {
        found.put(seq, body);
      }
    }
    return new Read<>(state(), found);
  }

  // What goes wrong.

  void snapshot(Random random) {
    snapshots.add(new LinkedHashMap<>(keys));
    if (snapshots.size() > 4) {
      snapshots.remove(random.nextInt(snapshots.size()));
    }
  }

  void goBack(Random random) {
    if (!snapshots.isEmpty()) {
      world.truth.redisLost();
      if (world.on(Rule.OPEN_ON_ONE_SERVER)) {
        server++;
      }
      int which = random.nextInt(snapshots.size());
      keys = snapshots.get(which);
      snapshots.subList(which, snapshots.size()).clear();
      world.trace(() -> "Redis goes back to " + state());
    }
  }

  void empty() {
    world.truth.redisLost();
    keys = new LinkedHashMap<>();
    world.trace(() -> "Redis is emptied");
  }

  /** Seqs and bodies live shorter than the tail's minutes only where the other stores have them. */
  void expire(Random random) {
    LaneState state = state();
    for (String conversation : Conversations.ALL) {
      long highest = world.truth.highest(conversation, state.position());
      for (long seq = 1; seq <= highest; seq++) {
        if (world.durablyStored(conversation, seq) && random.nextInt(3) == 0) {
          keys.remove(cacheKey(state.generation(), conversation, seq));
        }
      }
      if (world.durablyStored(conversation, highest) && random.nextInt(3) == 0) {
        keys.remove(seqKey(state.generation(), conversation));
      }
    }
  }

  /** At the end, when all is handled. */
  void checkEnd(long position) {
    LaneState state = state();
    Truth.require(state.position() == position, "Redis ends at " + state + ", not " + position);
    checkSeqs();
    for (String conversation : Conversations.ALL) {
      for (long seq = world.truth.highest(conversation, position); seq > 0; seq--) {
        byte[] body = (byte[]) keys.get(cacheKey(state.generation(), conversation, seq));
        if (body != null) {
          world.truth.checkBody("Redis", conversation, seq, body);
        }
      }
    }
  }
}
