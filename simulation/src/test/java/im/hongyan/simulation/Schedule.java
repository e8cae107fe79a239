package im.hongyan.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One schedule: processes and faults in an order that the seed decides, then an end without faults
 * in which all must complete. Runs on a virtual thread of its own.
 */
final class Schedule {
  private static final int STEPS = 1_000;
  private static final int LONG_STEPS = 6_000;
  private static final int STEPS_TO_COMPLETE = 6_000;

  private final World world;
  private final Random random;
  private final List<OwnerActor> owners = new ArrayList<>();
  private final List<WriterActor> historyWriters = new ArrayList<>();
  private final List<WriterActor> inboxWriters = new ArrayList<>();
  private final List<ServiceActor> services = new ArrayList<>();
  private final List<Fault> faults = new ArrayList<>();
  private PushActor pusher;
  private int kills;

  private enum Fault {
    PAUSE,
    PAUSED_OWNER,
    KILL,
    KILLED_OWNER,
    REBALANCE,
    TWO_WRITERS,
    REDIS_AWAY,
    REDIS_GOES_BACK,
    REDIS_EMPTIED,
    REDIS_EXPIRES,
    HISTORY_LOSES,
    INBOX_CRASHES,
    FOREIGN_JUNK,
    LOG_CUT
  }

  /** What happened in a schedule. */
  record Outcome(
      long messages,
      long claims,
      long voids,
      long reloads,
      long resends,
      long kills,
      long refused,
      long cuts) {
    static final Outcome NONE = new Outcome(0, 0, 0, 0, 0, 0, 0, 0);

    Outcome plus(Outcome other) {
      return new Outcome(
          messages + other.messages,
          claims + other.claims,
          voids + other.voids,
          reloads + other.reloads,
          resends + other.resends,
          kills + other.kills,
          refused + other.refused,
          cuts + other.cuts);
    }
  }

  private Schedule(long seed, Set<Rule> off, @Nullable Consumer<String> trace) {
    world = new World(seed, off);
    if (trace != null) {
      world.traceTo(trace);
    }
    random = world.random;
    pusher = new PushActor(world);
    // Some faults only: what needs one kind often is not drowned by the others.
    while (faults.isEmpty()) {
      for (Fault fault : Fault.values()) {
        if (random.nextInt(5) < 2) {
          faults.add(fault);
        }
      }
    }
    world.redisGoesBack = faults.contains(Fault.REDIS_GOES_BACK);
    replaceDead();
  }

  /**
   * Runs a schedule.
   *
   * @throws Violation when a promise is broken
   */
  static Outcome run(long seed, Set<Rule> off, @Nullable Consumer<String> trace) {
    Schedule schedule = new Schedule(seed, off, trace);
    try {
      // In a long one, claims and their three minutes pass by many times.
      int steps = schedule.world.slow && schedule.random.nextInt(4) == 0 ? LONG_STEPS : STEPS;
      for (int step = 0; step < steps; step++) {
        schedule.step();
      }
      schedule.complete();
    } finally {
      schedule.everybody().forEach(schedule.world.stage::end);
    }
    Truth truth = schedule.world.truth;
    return new Outcome(
        truth.size(),
        truth.claims,
        truth.voids,
        schedule.world.reloads,
        schedule.world.resendsAnswered,
        schedule.kills,
        schedule.world.refused,
        schedule.world.retention.cuts);
  }

  private List<Actor> everybody() {
    List<Actor> all = new ArrayList<>(owners);
    all.addAll(historyWriters);
    all.addAll(inboxWriters);
    all.addAll(services);
    all.add(pusher);
    return all;
  }

  private void replaceDead() {
    owners.removeIf(actor -> !actor.alive());
    historyWriters.removeIf(actor -> !actor.alive());
    inboxWriters.removeIf(actor -> !actor.alive());
    services.removeIf(actor -> !actor.alive());
    if (owners.isEmpty()) {
      newOwner();
    }
    if (owners.stream().noneMatch(world.group::gives)) {
      world.group.give(owners.get(random.nextInt(owners.size())));
    }
    if (historyWriters.isEmpty()) {
      historyWriters.add(new WriterActor(world, false));
    }
    if (inboxWriters.isEmpty()) {
      inboxWriters.add(new WriterActor(world, true));
    }
    while (services.size() < 2) {
      services.add(new ServiceActor(world));
    }
    if (!pusher.alive()) {
      pusher = new PushActor(world, pusher);
    }
  }

  private void newOwner() {
    OwnerActor owner = new OwnerActor(world);
    owners.add(owner);
    world.group.give(owner);
  }

  private void step() {
    world.passTime();
    world.retention.look(pusher.position());
    int x = random.nextInt(1_000);
    if (x < 720) {
      play();
    } else if (x < 960) {
      world.kafka.deliver(random, true);
    } else {
      Fault fault = faults.get(random.nextInt(faults.size()));
      happen(fault);
    }
  }

  private void play() {
    List<Actor> all = everybody();
    // Owners get more turns: they have more to do.
    Actor actor =
        random.nextInt(5) < 2
            ? owners.get(random.nextInt(owners.size()))
            : all.get(random.nextInt(all.size()));
    if (actor.runnable()) {
      world.stage.play(actor);
    }
  }

  private void happen(Fault fault) {
    List<Actor> all = everybody();
    Actor actor = all.get(random.nextInt(all.size()));
    OwnerActor owner = owners.get(random.nextInt(owners.size()));
    switch (fault) {
      case PAUSE -> pause(actor);
      case PAUSED_OWNER -> pause(owner);
      case KILL -> kill(actor);
      case KILLED_OWNER -> kill(owner);
      case REBALANCE -> {
        if (owners.size() < 3) {
          newOwner();
        } else {
          world.group.give(owner);
        }
      }
      case TWO_WRITERS -> {
        if (historyWriters.size() < 2) {
          historyWriters.add(new WriterActor(world, false));
        }
        if (inboxWriters.size() < 2) {
          inboxWriters.add(new WriterActor(world, true));
        }
      }
      case REDIS_AWAY -> owner.stores().redisAway(world.nowMillis() + random.nextInt(300_000));
      case REDIS_GOES_BACK -> {
        if (random.nextInt(3) > 0) {
          world.redis.snapshot(random);
        } else {
          world.redis.goBack(random);
        }
      }
      case REDIS_EMPTIED -> {
        if (random.nextInt(3) == 0) {
          world.redis.empty();
        }
      }
      case REDIS_EXPIRES -> world.redis.expire(random);
      case HISTORY_LOSES -> world.history.loseLast(random);
      case INBOX_CRASHES -> world.inbox.crash(random);
      // It goes to dead letters.
      case FOREIGN_JUNK -> world.kafka.append(false, new byte[] {9, 9});
      case LOG_CUT -> world.retention.cut(random);
    }
  }

  private void pause(Actor actor) {
    actor.pause(1 + random.nextInt(60));
    world.trace(() -> actor.name + " pauses");
  }

  private void kill(Actor actor) {
    world.stage.end(actor);
    kills++;
    world.trace(() -> actor.name + " is killed");
    replaceDead();
  }

  /** Faults end; one process of each kind brings everything to its end. */
  private void complete() {
    world.endFaults();
    for (Actor actor : everybody()) {
      world.stage.end(actor);
    }
    while (!world.kafka.quiet()) {
      world.kafka.deliver(random, false);
    }
    replaceDead();
    services.forEach(world.stage::end);
    services.clear();
    await(this::isComplete, "the lane");
    checkStores();
    ServiceActor reader = new ServiceActor(world).readAll();
    services.add(reader);
    await(reader::doneReading, "the last reader");
    await(this::isComplete, "the lane after the last reader");
    world.truth.checkEnd();
    checkStores();
  }

  private void await(BooleanSupplier condition, String what) {
    for (int step = 0; step < STEPS_TO_COMPLETE; step++) {
      if (condition.getAsBoolean()) {
        return;
      }
      world.passTime();
      if (random.nextInt(4) == 0) {
        world.kafka.deliver(random, false);
      } else {
        List<Actor> all = everybody();
        Actor actor = all.get(random.nextInt(all.size()));
        actor.goOn();
        if (actor.runnable()) {
          world.stage.play(actor);
        }
      }
    }
    throw new Violation(what + " does not complete: " + world.redis.state());
  }

  private boolean isComplete() {
    long end = world.kafka.sequenced.size() - 1L;
    return world.kafka.quiet()
        && world.truth.allNumbered()
        && world.redis.state().open()
        && world.redis.state().position() == end
        && world.history.position().getOffset() == end
        && world.inbox.position().getOffset() == end
        && historyWriters.stream().allMatch(WriterActor::through)
        && inboxWriters.stream().allMatch(WriterActor::through)
        && pusher.through();
  }

  private void checkStores() {
    long end = world.kafka.sequenced.size() - 1L;
    world.redis.checkEnd(end);
    for (String conversation : Conversations.ALL) {
      for (long seq = world.truth.highest(conversation, end); seq > 0; seq--) {
        byte[] row = world.history.find(conversation, seq);
        byte[] entry = world.inbox.find(conversation, seq);
        Truth.require(row != null, conversation + " " + seq + " is not in history");
        Truth.require(entry != null, conversation + " " + seq + " is not in the inbox");
        if (row != null && entry != null) {
          world.truth.checkBody("history", conversation, seq, row);
          world.truth.checkBody("the inbox", conversation, seq, entry);
        }
      }
    }
  }
}
