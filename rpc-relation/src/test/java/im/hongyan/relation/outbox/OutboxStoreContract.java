package im.hongyan.relation.outbox;

import static im.hongyan.relation.outbox.Notes.conversation;
import static im.hongyan.relation.outbox.Notes.note;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.wire.notification.Notification;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Proves what any outbox promises: one holder at a time, the order of writing, nothing forgotten
 * that was not removed, and that a process which died or went on too long does no harm. Times are
 * far in the past of other tests' rows, so that each finds its own.
 */
public abstract class OutboxStoreContract {
  private static final long NOW = 1_000;
  private static final long LEASE = 30_000;

  /** The store. */
  protected abstract OutboxStore store();

  /** Writes notifications in one transaction. */
  protected abstract void append(List<Notification> notifications);

  /** How many were dead letters in a conversation. */
  protected abstract int deadLetters(String conversationId);

  private List<Claim> take(long nowMillis) {
    return store().take(1_000, nowMillis, LEASE);
  }

  private List<String> texts(String conversationId) {
    return store().waiting(conversationId, 100).stream()
        .map(each -> Notes.text(each.message()))
        .toList();
  }

  /** Gives a claim back under which the first so many were acknowledged. */
  private void finish(Claim claim, int acknowledged) {
    List<Waiting> sent = store().waiting(claim.conversationId(), acknowledged);
    store().finish(List.of(FinishedClaim.done(claim, sent)));
  }

  private static List<Claim> of(String conversationId, List<Claim> claims) {
    return claims.stream().filter(c -> c.conversationId().equals(conversationId)).toList();
  }

  @Test
  void notificationsKeepTheirOrderOverTransactions() {
    String a = conversation();
    String b = conversation();
    append(List.of(note(a, "1", NOW), note(b, "x", NOW), note(a, "2", NOW)));
    append(List.of(note(b, "y", NOW), note(a, "3", NOW)));
    assertThat(texts(a)).containsExactly("1", "2", "3");
    assertThat(texts(b)).containsExactly("x", "y");
    assertThat(store().waiting(a, 2)).hasSize(2);
  }

  @Test
  void aMessageComesBackAsItWasWritten() {
    String a = conversation();
    Notification written = note(a, "鸿雁 \0", NOW);
    append(List.of(written));
    Waiting read = store().waiting(a, 1).getFirst();
    assertThat(read.message()).isEqualTo(written.message());
    assertThat(read.createdAtMillis()).isEqualTo(NOW);
    assertThat(read.operationId()).isNotEmpty();
  }

  @Test
  void aConversationHasOneHolderUntilItIsGivenBackOrTheLeaseEnds() {
    String a = conversation();
    append(List.of(note(a, "1", NOW)));
    assertThat(of(a, take(NOW - 1))).as("not due").isEmpty();
    Claim claim = of(a, take(NOW)).getFirst();
    assertThat(claim.attempts()).isZero();
    append(List.of(note(a, "2", NOW)));
    assertThat(of(a, take(NOW + LEASE - 1))).as("held, also after more was written").isEmpty();
    store().finish(List.of(new FinishedClaim(claim, List.of(), NOW + 500, 3)));
    assertThat(of(a, take(NOW + 499))).isEmpty();
    Claim second = of(a, take(NOW + 500)).getFirst();
    assertThat(second.attempts()).isEqualTo(3);
    assertThat(of(a, take(NOW + 500 + LEASE))).as("the holder died").hasSize(1);
  }

  @Test
  void whatWasSentIsForgottenAndAnEmptyConversationIsNoLongerDue() {
    String a = conversation();
    append(List.of(note(a, "1", NOW), note(a, "2", NOW)));
    Claim claim = of(a, take(NOW)).getFirst();
    finish(claim, 1);
    assertThat(texts(a)).containsExactly("2");
    finish(of(a, take(NOW)).getFirst(), 1);
    assertThat(of(a, take(NOW + 2 * LEASE))).isEmpty();
    append(List.of(note(a, "3", NOW)));
    assertThat(of(a, take(NOW))).hasSize(1);
    assertThat(texts(a)).containsExactly("3");
  }

  @Test
  void whatIsWrittenWhileTheLastOneIsSentIsDueAtOnce() {
    String a = conversation();
    append(List.of(note(a, "1", NOW)));
    Claim claim = of(a, take(NOW)).getFirst();
    append(List.of(note(a, "2", NOW)));
    finish(claim, 1);
    assertThat(of(a, take(NOW))).hasSize(1);
    assertThat(texts(a)).containsExactly("2");
  }

  @Test
  void aHolderThatWentOnTooLongNeitherEndsItsSuccessorsClaimNorRemovesWhatCameLater() {
    String a = conversation();
    append(List.of(note(a, "1", NOW)));
    Claim late = of(a, take(NOW)).getFirst();
    Waiting first = store().waiting(a, 1).getFirst();
    Claim successor = of(a, take(NOW + LEASE)).getFirst();
    append(List.of(note(a, "2", NOW)));
    store().finish(List.of(FinishedClaim.done(late, List.of(first))));
    assertThat(texts(a)).as("what it sent is sent").containsExactly("2");
    assertThat(of(a, take(NOW + LEASE))).as("still the successor's").isEmpty();
    finish(successor, 1);
    append(List.of(note(a, "3", NOW)));
    store().finish(List.of(FinishedClaim.done(late, List.of(first))));
    assertThat(texts(a)).containsExactly("3");
  }

  @Test
  void whatStillWaitsIsDueByTheAgeOfTheOldest() {
    String old = conversation();
    String young = conversation();
    append(List.of(note(old, "1", NOW), note(old, "2", NOW + 1)));
    Claim claim = of(old, take(NOW)).getFirst();
    append(List.of(note(young, "x", NOW + 2)));
    finish(claim, 1);
    assertThat(of(old, take(NOW))).as("its next is younger").isEmpty();
    assertThat(store().take(1, NOW + 3, LEASE))
        .extracting(Claim::conversationId)
        .containsExactly(old);
  }

  @Test
  void severalAreReadAndGivenBackTogether() {
    List<String> all = IntStream.range(0, 7).mapToObj(i -> conversation()).toList();
    all.forEach(each -> append(List.of(note(each, "1", NOW), note(each, "2", NOW))));
    List<Claim> taken = take(NOW);
    Map<String, List<Waiting>> waiting = store().waiting(all, 1);
    assertThat(waiting).containsOnlyKeys(all);
    assertThat(waiting.values()).allSatisfy(some -> assertThat(some).hasSize(1));
    store()
        .finish(
            taken.stream()
                .filter(claim -> all.contains(claim.conversationId()))
                .map(claim ->
                    FinishedClaim.done(
                        claim, waiting.getOrDefault(claim.conversationId(), List.of())))
                .toList());
    all.forEach(each -> assertThat(texts(each)).containsExactly("2"));
    assertThat(take(NOW)).extracting(Claim::conversationId).containsAll(all);
    assertThat(store().waiting(List.of(), 1)).isEmpty();
  }

  @Test
  void whatIsPutAsideLetsTheOthersGoOn() {
    String a = conversation();
    append(List.of(note(a, "bad", NOW), note(a, "good", NOW)));
    Waiting bad = store().waiting(a, 1).getFirst();
    store().deadLetter(bad, "reason".repeat(1_000), NOW);
    store().deadLetter(bad, "again, after a crash", NOW);
    assertThat(texts(a)).containsExactly("good");
    assertThat(deadLetters(a)).isPositive();
  }

  @Test
  void manyTakersGetEachConversationOnce() throws Exception {
    List<String> all = IntStream.range(0, 60).mapToObj(i -> conversation()).toList();
    all.forEach(each -> append(List.of(note(each, "1", NOW))));
    Set<String> taken = ConcurrentHashMap.newKeySet();
    Set<String> twice = ConcurrentHashMap.newKeySet();
    inParallel(
        4,
        () -> {
          List<Claim> claims = store().take(7, NOW, LEASE);
          while (!claims.isEmpty() && twice.isEmpty()) {
            for (Claim claim : claims) {
              if (!taken.add(claim.conversationId())) {
                twice.add(claim.conversationId());
              }
            }
            claims = store().take(7, NOW, LEASE);
          }
          return true;
        });
    // One that another taker had just locked is skipped, and found by the next look.
    take(NOW).forEach(claim -> taken.add(claim.conversationId()));
    assertThat(twice).isEmpty();
    assertThat(taken).containsAll(all);
  }

  @Test
  void manyWritersOfOneConversationLeaveAWholeOrder() throws Exception {
    String a = conversation();
    inParallel(
        4,
        () -> {
          for (int i = 0; i < 25; i++) {
            append(List.of(note(a, "x", NOW), note(a, "y", NOW)));
          }
          return true;
        });
    List<Waiting> all = store().waiting(a, 1_000);
    assertThat(all).hasSize(200);
    assertThat(all).extracting(Waiting::version).doesNotHaveDuplicates().isSorted();
    assertThat(texts(a)).as("those of one transaction stay together").startsWith("x", "y", "x");
  }

  private static void inParallel(int threads, Callable<Boolean> body)
      throws InterruptedException, ExecutionException {
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Boolean>> running =
          IntStream.range(0, threads).mapToObj(i -> executor.submit(body)).toList();
      for (Future<Boolean> each : running) {
        assertThat(each.get()).isTrue();
      }
    }
  }
}
