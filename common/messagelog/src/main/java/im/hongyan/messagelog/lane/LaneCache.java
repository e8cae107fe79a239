package im.hongyan.messagelog.lane;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A lane's part of Redis (docs/sequencing.md): seqs, resend windows, tickets, message cache, read
 * positions, and the position up to which all of them follow the log. Every access is one script,
 * which answers with the state as of the same moment. Safe for use by several threads; failures of
 * Redis are thrown as {@link im.hongyan.wire.error.ImException} 500.
 */
public interface LaneCache {
  /** A message that asks to be accepted, with the ids it would get. */
  record Candidate(
      String conversationId,
      String sendId,
      String clientMsgId,
      String serverMsgId,
      long sendTimeMillis) {}

  /**
   * The answer to a candidate.
   *
   * @param sequencedAs seq in the resend window, 0 when it is not there
   * @param serverMsgId id to use, empty when sequenced already
   */
  record Admission(long sequencedAs, String serverMsgId, long sendTimeMillis) {}

  /** The answer to a batch; without admissions when the lane is not as the caller believed. */
  record Admissions(LaneState state, @Nullable List<Admission> admissions) {}

  /** A numbered copy; {@code clientMsgId} is empty for copies outside the resend window. */
  record Numbered(
      String conversationId,
      long seq,
      String sendId,
      String clientMsgId,
      long sendTimeMillis,
      byte[] body) {}

  /**
   * Values of a read; null when the generation was another. Only {@link #known} asks whether the
   * state is open.
   */
  record Read<T>(LaneState state, @Nullable T values) {}

  /** What Redis says of the lane. */
  LaneState state(int lane);

  /** Names the server that holds the lane; another name after each of its starts. */
  String server(int lane);

  /** Looks for resends and opens tickets (A3). */
  Admissions admit(
      int lane, LaneState known, long leastPosition, List<Candidate> candidates, long nowMillis);

  /**
   * Makes a batch visible (O7).
   *
   * @param trim whether messages older than the last 200 are safely in history
   * @return false, with nothing changed, when the lane is not at the expected position
   */
  boolean apply(int lane, LaneState expected, long newPosition, LaneBatch batch, boolean trim);

  /**
   * Loads records under a generation that nobody reads yet; {@link #publish} ends it (O3).
   *
   * @param loadedBefore {@link LaneBatch#size} of all that was loaded before
   * @throws im.hongyan.wire.error.ImException 500 also when Redis has lost some of that
   */
  void load(int lane, String generation, int loadedBefore, LaneBatch batch);

  /**
   * Lets a loaded generation take over (O3).
   *
   * @param loaded size of all that was loaded
   * @param replaced what was there
   * @param lastInbound last inbound offset handled, -1 when unknown
   * @return false when the state is not {@code replaced} any more, or what was loaded is lost
   */
  boolean publish(int lane, LaneState next, int loaded, LaneState replaced, long lastInbound);

  /** The last inbound offset whose record is handled and visible, -1 when Redis does not know. */
  long lastInbound(int lane);

  /**
   * Accepts sends again, until this server has ended or the lane is lost.
   *
   * @param server where it was looked for what waits to be numbered
   * @return false, with nothing changed, when that server has ended, or the lane is not at the
   *     expected position
   */
  boolean open(int lane, LaneState expected, String server);

  /** Sends are refused until somebody opens the lane. */
  void close(int lane);

  /** The last message of a conversation. */
  record Top(long seq, long sendTimeMillis) {}

  /** Last seqs of conversations; those that Redis does not know are left out. */
  Read<Map<String, Top>> seqs(int lane, String generation, List<String> conversations);

  /** Cached bodies among these seqs of a conversation. */
  Read<Map<Long, byte[]>> bodies(
      int lane, String generation, String conversation, Collection<Long> seqs);

  /** Seqs in the resend windows of these messages, 0 where there is none. */
  Read<List<Long>> windowed(
      int lane, String generation, List<Candidate> candidates, long nowMillis);

  /** Whether a message is in the resend window, or has an open ticket. */
  Read<Boolean> known(int lane, String generation, Candidate candidate, long nowMillis);

  /** A fresh name for a generation. */
  String newGeneration();
}
