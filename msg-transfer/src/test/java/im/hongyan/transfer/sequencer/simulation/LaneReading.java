package im.hongyan.transfer.sequencer.simulation;

import im.hongyan.messagelog.mysql.HistoryStore.Heights;
import im.hongyan.messagelog.mysql.HistoryStore.Row;
import im.hongyan.messagelog.redis.LaneCache.Admission;
import im.hongyan.messagelog.redis.LaneCache.Candidate;
import im.hongyan.messagelog.redis.LaneCache.Top;
import im.hongyan.messagelog.redis.LaneState;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.wire.error.ImException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How rpc-msg reads a lane: the rules of its LaneReader, written again, since modules of services
 * do not know each other. Belongs to one actor.
 */
final class LaneReading {
  private static final long WAIT_MILLIS = 2_000;
  private static final long WINDOW_MILLIS = 2 * 86_400_000L;

  private final World world;
  private final Actor actor;
  private LaneState seen = LaneState.ABSENT;

  LaneReading(World world, Actor actor) {
    this.world = world;
    this.actor = actor;
  }

  private record Try<T>(LaneState state, @Nullable T value) {}

  /** An admission, and whether the window that it comes from is complete. */
  record Admitted(Admission admission, boolean complete) {}

  /** Highest seq of a conversation, and the position at which Redis showed the lane. */
  record Shown(long seq, long position) {}

  private <T> T onLane(Function<LaneState, Try<T>> attempt) {
    long deadline = world.nowMillis() + WAIT_MILLIS;
    while (true) {
      actor.point();
      LaneState known = seen;
      Try<T> met = attempt.apply(known);
      LaneState state = met.state();
      boolean reached =
          state.position() >= known.position() || !world.on(Rule.READER_POSITION_CHECK);
      if (state.present() && reached) {
        seen = state;
        if (met.value() != null) {
          return met.value();
        }
        if (!state.generation().equals(known.generation())) {
          continue;
        }
      }
      if (world.nowMillis() > deadline) {
        throw ImException.internal("the lane is not readable now", null);
      }
    }
  }

  Admitted admit(Candidate candidate) {
    return onLane(known -> {
      long least = world.on(Rule.READER_POSITION_CHECK) ? known.position() : -1;
      var answer = world.redis.admit(known, least, candidate);
      List<Admission> admissions = answer.admissions();
      if (admissions == null) {
        return new Try<>(answer.state(), null);
      }
      boolean complete = answer.state().completeSinceMillis() <= world.nowMillis() - WINDOW_MILLIS;
      return new Try<>(answer.state(), new Admitted(admissions.getFirst(), complete));
    });
  }

  Optional<MsgData> findSent(Candidate candidate) {
    actor.point();
    if (!world.on(Rule.HISTORY_CHECK_WHILE_INCOMPLETE)) {
      return Optional.empty();
    }
    return world
        .history
        .findSent(candidate.conversationId(), candidate.sendId(), candidate.clientMsgId())
        .map(Row::body)
        .map(Truth::message);
  }

  Shown top(String conversation) {
    return onLane(known -> {
      var read = world.redis.seqs(known.generation(), List.of(conversation));
      if (read.values() == null) {
        return new Try<>(read.state(), null);
      }
      Top top = read.values().get(conversation);
      long position = read.state().position();
      if (top != null) {
        return new Try<>(read.state(), new Shown(top.seq(), position));
      }
      actor.point();
      Heights heights = world.history.heights(List.of(conversation));
      if (heights.writerOffset() > position && world.on(Rule.READER_HISTORY_NOT_BEYOND_POSITION)) {
        return new Try<>(read.state(), null);
      }
      return new Try<>(read.state(), new Shown(heights.seqOf(conversation), position));
    });
  }

  byte[] body(String conversation, long seq) {
    var cached =
        onLane(known -> {
          var read = world.redis.bodies(known.generation(), conversation, List.of(seq));
          return new Try<>(read.state(), read.values());
        });
    byte[] body = cached.get(seq);
    if (body == null) {
      actor.point();
      body = world.inbox.find(conversation, seq);
    }
    if (body == null) {
      actor.point();
      body = world.history.find(conversation, seq);
    }
    if (body == null) {
      throw new Violation(conversation + " " + seq + " is visible and in no store");
    }
    return body;
  }
}
