package im.hongyan.messagelog.redis;

import static im.hongyan.messagelog.redis.LaneFixture.DAY;
import static im.hongyan.messagelog.redis.LaneFixture.NOON;
import static im.hongyan.messagelog.redis.LaneFixture.present;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.redis.Redis;
import im.hongyan.drivers.redis.RedisScript;
import im.hongyan.messagelog.lane.LaneCache.Admission;
import im.hongyan.messagelog.lane.LaneCache.Candidate;
import im.hongyan.messagelog.lane.LaneState;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Proves A3 of docs/sequencing.md: a resend gets the ids of the first attempt, by its ticket before
 * and by the window after it was numbered, and a lane that is not as believed admits nothing.
 */
class LaneAdmissionContractIT extends LaneContract {
  private List<Admission> admit(LaneState state, long nowMillis, Candidate... candidates) {
    var answer = cache.admit(lane.lane, state, state.position(), List.of(candidates), nowMillis);
    return present(answer.admissions());
  }

  private void refused(LaneState known, long leastPosition, LaneState reported) {
    var answer = cache.admit(lane.lane, known, leastPosition, List.of(lane.candidate("c")), NOON);
    assertThat(answer.admissions()).isNull();
    assertThat(answer.state()).isEqualTo(reported);
  }

  private boolean ticketOpen(String clientId) {
    byte[] ticket = LaneKeys.ticket(lane.lane, lane.conversation, LaneKeys.hash("alice", clientId));
    return Redis.await(redis.commands().exists(ticket)) == 1;
  }

  @Test
  void aNewMessageGetsTheIdsItCameWith() {
    LaneState state = lane.openAt(10);
    var answer = cache.admit(lane.lane, state, 10, List.of(lane.candidate("c1")), NOON);
    assertThat(answer.state()).isEqualTo(state);
    assertThat(present(answer.admissions())).containsExactly(new Admission(0, "server-c1", NOON));
    assertThat(ticketOpen("c1")).isTrue();
  }

  @Test
  void aResendGetsTheIdsOfTheOpenTicket() {
    LaneState state = lane.openAt(10);
    admit(state, NOON, lane.candidate("c1", "first"));
    Candidate resend = new Candidate(lane.conversation, "alice", "c1", "second", NOON + 5_000);
    assertThat(admit(state, NOON + 5_000, resend)).containsExactly(new Admission(0, "first", NOON));
  }

  @Test
  void aResendWithinOneBatchGetsTheIdsOfTheFirst() {
    assertThat(admit(lane.openAt(0), NOON, lane.candidate("c", "one"), lane.candidate("c", "two")))
        .containsExactly(new Admission(0, "one", NOON), new Admission(0, "one", NOON));
  }

  @Test
  void anotherSenderConversationOrSpellingIsAnotherMessage() {
    LaneState state = lane.openAt(10);
    admit(state, NOON, lane.candidate("c"));
    assertThat(
            admit(
                state,
                NOON,
                new Candidate(lane.conversation, "bob", "c", "s1", 1),
                new Candidate(lane.conversation + "x", "alice", "c", "s2", 2),
                new Candidate(lane.conversation, "alice", "C", "s3", 3),
                new Candidate(lane.conversation, "alic", "ec", "s4", 4)))
        .extracting(Admission::serverMsgId)
        .containsExactly("s1", "s2", "s3", "s4");
  }

  @Test
  void aNumberedMessageAnswersWithItsSeqAndItsTicketIsGone() {
    LaneState state = lane.openAt(10);
    admit(state, NOON, lane.candidate("c1"));
    state = lane.apply(state, lane.copy(7, "c1"));
    assertThat(ticketOpen("c1")).isFalse();
    assertThat(admit(state, NOON, lane.candidate("c1"), lane.candidate("c2")))
        .containsExactly(new Admission(7, "", 0), new Admission(0, "server-c2", NOON));
    assertThat(ticketOpen("c1")).isFalse();
  }

  @Test
  void theWindowReachesBackToYesterday() {
    LaneState state = lane.openAt(10);
    state = lane.apply(state, lane.copy(1, "today", NOON), lane.copy(2, "yesterday", NOON - DAY));
    state = lane.apply(state, lane.copy(3, "older", NOON - 2 * DAY));
    assertThat(
            admit(
                state,
                NOON,
                lane.candidate("today"),
                lane.candidate("yesterday"),
                lane.candidate("older")))
        .extracting(Admission::sequencedAs)
        .containsExactly(1L, 2L, 0L);
  }

  @Test
  void copiesWithoutClientIdStayOutOfTheWindow() {
    LaneState state = lane.apply(lane.openAt(10), lane.copy(1, ""));
    assertThat(admit(state, NOON, lane.candidate("")))
        .containsExactly(new Admission(0, "server-", NOON));
  }

  @Test
  void aLaneThatRedisDoesNotKnowAdmitsNothing() {
    refused(LaneState.ABSENT, -1, LaneState.ABSENT);
    refused(new LaneState("made-up", 5, true, 0), 5, LaneState.ABSENT);
    assertThat(ticketOpen("c")).isFalse();
  }

  @Test
  void anotherGenerationAdmitsNothingAndIsReported() {
    LaneState before = lane.openAt(10);
    LaneState after = lane.openAt(12);
    refused(before, 10, after);
    assertThat(ticketOpen("c")).isFalse();
  }

  @Test
  void aLaneBehindWhatTheCallerHasSeenAdmitsNothing() {
    LaneState state = lane.openAt(10);
    refused(state, 11, state);
    assertThat(ticketOpen("c")).isFalse();
    assertThat(admit(state, NOON, lane.candidate("c"))).hasSize(1);
  }

  @Test
  void aLaneThatIsNotOpenAdmitsNothingUntilItIs() {
    LaneState shut = new LaneState(cache.newGeneration(), 10, false, 99);
    cache.publish(lane.lane, shut, 0, LaneState.ABSENT, -1);
    refused(shut, 10, shut);
    String server = cache.server(lane.lane);
    LaneState another = new LaneState("another", 10, false, 99);
    assertThat(cache.open(lane.lane, another, server)).isFalse();
    LaneState behind = new LaneState(shut.generation(), 9, false, 99);
    assertThat(cache.open(lane.lane, behind, server)).isFalse();
    assertThat(cache.open(lane.lane, shut, "another server")).isFalse();
    assertThat(cache.state(lane.lane).open()).isFalse();
    assertThat(cache.open(lane.lane, shut, server)).isTrue();
    var answer = cache.admit(lane.lane, shut, 10, List.of(lane.candidate("c")), NOON);
    assertThat(present(answer.admissions())).hasSize(1);
    assertThat(answer.state()).isEqualTo(new LaneState(shut.generation(), 10, true, 99));
  }

  @Test
  void aLaneThatWasOpenedOnAnotherServerAdmitsNothingUntilItIsOpenedAnew() {
    LaneState state = lane.openAt(10);
    byte[] key = LaneKeys.state(lane.lane);
    Redis.await(
        redis
            .commands()
            .hset(key, Map.of(RedisScript.bytes("o"), RedisScript.bytes("0123456789abcdef"))));
    LaneState shut = new LaneState(state.generation(), 10, false, 0);
    refused(state, 10, shut);
    assertThat(cache.state(lane.lane)).isEqualTo(shut);
    assertThat(cache.known(lane.lane, state.generation(), lane.candidate("c"), NOON).state())
        .isEqualTo(shut);
    assertThat(ticketOpen("c")).isFalse();
    assertThat(cache.open(lane.lane, shut, cache.server(lane.lane))).isTrue();
    assertThat(cache.state(lane.lane)).isEqualTo(state);
    assertThat(admit(state, NOON, lane.candidate("c"))).hasSize(1);
  }

  @Test
  void ticketsOutliveAReload() {
    LaneState state = lane.openAt(10);
    admit(state, NOON, lane.candidate("c", "first"));
    LaneState reloaded = lane.openAt(10);
    assertThat(admit(reloaded, NOON, lane.candidate("c", "second")))
        .containsExactly(new Admission(0, "first", NOON));
  }

  @Test
  void ticketsEndByThemselves() {
    admit(lane.openAt(10), NOON, lane.candidate("c"));
    byte[] ticket = LaneKeys.ticket(lane.lane, lane.conversation, LaneKeys.hash("alice", "c"));
    assertThat(Redis.await(redis.commands().ttl(ticket))).isBetween(1L, LaneKeys.TICKET_SECONDS);
  }
}
