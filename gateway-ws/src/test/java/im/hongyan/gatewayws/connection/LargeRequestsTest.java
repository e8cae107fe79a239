package im.hongyan.gatewayws.connection;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.gatewayws.connection.LargeRequests.Turn;
import im.hongyan.kit.limit.ByteRate;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Proves whose large request is read next: one at a time, one of a user until it is answered, users
 * in turn, and none where its user or the process has had as many bytes as it may have.
 */
class LargeRequestsTest {
  private static final long SECOND = 1_000_000_000L;
  private static final int MIB = 1 << 20;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<String> begun = new ArrayList<>();
  private final List<Turn> turns = new ArrayList<>();
  private final List<Runnable> retries = new ArrayList<>();
  private final List<Long> waits = new ArrayList<>();
  private long now;
  private final LargeRequests requests =
      new LargeRequests(
          new LargeRequests.Most(
              new ByteRate.Rate(MIB, 2 * MIB), new ByteRate.Rate(4 * MIB, 8 * MIB)),
          Runnable::run,
          (nanos, task) -> {
            waits.add(nanos);
            retries.add(task);
          },
          () -> now,
          meters);

  private Turn await(String user, String name) {
    return requests.await(
        user,
        turn -> {
          begun.add(name);
          turns.add(turn);
        });
  }

  private void readLast(int bytes) {
    turns.getLast().read(bytes);
  }

  private void later(long nanos) {
    now += nanos;
    List<Runnable> due = List.copyOf(retries);
    retries.clear();
    due.forEach(Runnable::run);
  }

  private double waiting() {
    return meters.get("ws_large_requests_waiting").gauge().value();
  }

  @Test
  void oneIsReadAtATimeAndOneOfAUserIsUnderWay() {
    await("a", "a1");
    await("a", "a2");
    await("b", "b1");
    await("c", "c1");
    assertThat(begun).containsExactly("a1");
    readLast(MIB);
    assertThat(begun).containsExactly("a1", "b1");
    readLast(MIB);
    readLast(MIB);
    assertThat(begun).containsExactly("a1", "b1", "c1");
    assertThat(waiting()).isEqualTo(1);
    turns.getFirst().done();
    assertThat(begun).endsWith("a2");
    assertThat(waiting()).isZero();
  }

  @Test
  void usersTakeTurns() {
    for (int i = 1; i <= 3; i++) {
      await("a", "a" + i);
    }
    await("b", "b1");
    await("b", "b2");
    for (int i = 0; i < 5; i++) {
      Turn turn = turns.getLast();
      turn.read(10);
      turn.done();
    }
    assertThat(begun).containsExactly("a1", "b1", "a2", "b2", "a3");
  }

  @Test
  void whoHasHadAsMuchAsHeMayHaveWaitsAndOthersDoNot() {
    await("a", "a1");
    readLast(3 * MIB);
    turns.getLast().done();
    await("a", "a2");
    await("b", "b1");
    assertThat(begun).containsExactly("a1", "b1");
    readLast(10);
    assertThat(waits.getFirst()).isBetween(SECOND, SECOND + 1_000);
    later(SECOND / 2);
    assertThat(begun).hasSize(2);
    later(SECOND);
    assertThat(begun).endsWith("a2");
  }

  @Test
  void theProcessWaitsAsWell() {
    for (int i = 0; i < 5; i++) {
      await("u" + i, "u" + i);
      readLast(2 * MIB - 1);
    }
    await("last", "last");
    assertThat(begun).hasSize(5);
    later(SECOND / 4);
    assertThat(begun).hasSize(5);
    later(SECOND / 2);
    assertThat(begun).endsWith("last");
  }

  @Test
  void smallOnesCountForTheirUser() {
    assertThat(requests.count("a", MIB)).isTrue();
    assertThat(requests.count("a", MIB + 1)).isFalse();
    assertThat(requests.count("b", MIB)).isTrue();
    await("a", "a1");
    assertThat(begun).isEmpty();
    later(SECOND);
    assertThat(begun).containsExactly("a1");
  }

  @Test
  void whatIsCancelledNeverBeginsAndItsPlaceIsFree() {
    await("a", "a1");
    Turn second = await("a", "a2");
    await("a", "a3");
    Turn ofB = await("b", "b1");
    second.cancel();
    ofB.cancel();
    assertThat(waiting()).isEqualTo(1);
    readLast(1);
    turns.getFirst().done();
    turns.getFirst().done();
    assertThat(begun).containsExactly("a1", "a3");
    turns.getLast().cancel();
    readLast(1);
    turns.getLast().done();
    await("b", "b2");
    assertThat(begun).endsWith("b2");
  }
}
