package im.hongyan.auth.login;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import im.hongyan.auth.login.TokenStore.Change;
import im.hongyan.auth.login.TokenStore.Ended;
import im.hongyan.auth.login.TokenStore.Login;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Proves what every store of tokens does: changes are whole and seen at once, epochs rise over all
 * logins and changes of a user whatever Redis loses, and a late end never hits a newer login.
 */
public abstract class TokenStoreContract {
  /** A store over the state that all stores of the test share. */
  protected abstract TokenStore store();

  /** A user that exists and has no tokens. */
  protected abstract UserId newUser();

  /** Redis loses everything. */
  protected abstract void emptyRedis();

  /** The store under test. */
  protected TokenStore store;

  /** The user under test. */
  protected UserId user;

  @BeforeEach
  void begin() {
    store = store();
    user = newUser();
  }

  /** A normal token; the number makes its hash. */
  protected static TokenRow row(int platformId, int number) {
    return new TokenRow(platformId, "%064x".formatted(number), 0, 1_000 + number, 1L << 42, 0);
  }

  /** Writes rows. */
  protected long put(TokenRow... rows) {
    return store.update(user, all -> new Change(List.of(), List.of(rows)));
  }

  /** A login with a known token. */
  protected Login login(TokenRow row) {
    return login(store, row);
  }

  /** A login through another store. */
  protected Login login(TokenStore through, TokenRow row) {
    return through.connect(user, row.platformId(), row.hash()).orElseThrow();
  }

  /** A token's state as a check finds it. */
  protected int state(TokenRow row) {
    return store.find(user, row.platformId(), row.hash()).orElseThrow().state();
  }

  /** The newer login that ends a token. */
  protected static Ended ended(TokenRow row, long epoch) {
    return new Ended(row.platformId(), row.hash(), epoch);
  }

  @Test
  void anUnknownTokenIsUnknownToAll() {
    put(row(2, 1));
    for (TokenRow other : List.of(row(2, 2), row(1, 1))) {
      assertThat(store.find(user, other.platformId(), other.hash())).isEmpty();
      assertThat(store.connect(user, other.platformId(), other.hash())).isEmpty();
    }
    UserId another = new UserId(user + "x");
    assertThat(store.find(another, 2, row(2, 1).hash())).isEmpty();
    assertThat(store.all(another)).isEmpty();
  }

  @Test
  void aChangeIsSeenAsAWhole() {
    TokenRow kept = row(1, 1);
    TokenRow gone = row(2, 2);
    TokenRow changed = row(3, 3).usableUntil(77);
    put(kept, gone, row(3, 3));
    login(gone);
    login(row(3, 3));
    store.update(
        user,
        rows -> {
          assertThat(rows).containsExactlyInAnyOrder(kept, gone, row(3, 3));
          return new Change(List.of(gone), List.of(changed, row(5, 4)));
        });
    assertThat(store.all(user)).containsExactlyInAnyOrder(kept, changed, row(5, 4));
    assertThat(store.find(user, 2, gone.hash())).isEmpty();
    assertThat(store.connect(user, 2, gone.hash())).isEmpty();
    assertThat(store.find(user, 3, changed.hash())).contains(changed);
    assertThat(login(changed).row()).isEqualTo(changed);
  }

  @Test
  void aDecisionThatFailsChangesNothing() {
    put(row(2, 1));
    assertThatExceptionOfType(ImException.class)
        .isThrownBy(() ->
            store.update(
                user,
                rows -> {
                  throw ImError.ARGS.with("no");
                }))
        .matches(failure -> failure.is(ImError.ARGS));
    assertThat(store.all(user)).containsExactly(row(2, 1));
    assertThat(state(row(2, 1))).isEqualTo(TokenRow.NORMAL);
  }

  @Test
  void epochsRiseOverLoginsAndChangesOfAnyStore() {
    List<Long> epochs = new ArrayList<>();
    TokenStore other = store();
    epochs.add(put(row(1, 1), row(2, 2)));
    for (int i = 0; i < 20; i++) {
      epochs.add(login(row(1, 1)).epoch());
      epochs.add(login(other, row(2, 2)).epoch());
      epochs.add(put(row(5, 3)));
    }
    assertThat(epochs).isSorted().doesNotHaveDuplicates().allMatch(epoch -> epoch > 0);
  }

  @Test
  void epochsRiseOverALostRedisAndTokensStayWhatTheyAre() {
    TokenRow token = row(1, 1);
    put(token, row(2, 2).kicked());
    long before = login(token).epoch();
    emptyRedis();
    assertThat(login(token).epoch()).isGreaterThan(before);
    assertThat(state(token)).isEqualTo(TokenRow.NORMAL);
    assertThat(state(row(2, 2))).isEqualTo(TokenRow.KICKED);
    assertThat(store.find(user, 2, row(2, 3).hash())).isEmpty();
    emptyRedis();
    assertThat(login(row(2, 2)).row().state()).isEqualTo(TokenRow.KICKED);
  }

  @Test
  void aKickedTokenDoesNotComeIn() {
    TokenRow token = row(1, 1);
    put(token);
    login(token);
    put(token.kicked());
    assertThat(state(token)).isEqualTo(TokenRow.KICKED);
    assertThat(login(token)).isEqualTo(new Login(token.kicked(), 0));
  }

  @Test
  void endKicksTokensThatHaveNotLoggedInSince() {
    TokenRow old = row(1, 1);
    TokenRow silent = row(2, 2);
    TokenRow fresh = row(3, 3);
    put(old, silent, fresh);
    login(old);
    long by = login(fresh).epoch();
    store.end(user, List.of(ended(old, by), ended(silent, by)));
    assertThat(Stream.of(old, silent, fresh).map(this::state)).containsExactly(2, 2, 0);
    assertThat(login(old).epoch()).isZero();
    assertThat(store.all(user)).containsExactlyInAnyOrder(old.kicked(), silent.kicked(), fresh);
  }

  @Test
  void endSparesATokenThatHasLoggedInSince() {
    TokenRow again = row(1, 1);
    TokenRow other = row(2, 2);
    put(again, other);
    login(again);
    long by = login(other).epoch();
    login(again);
    store.end(user, List.of(ended(again, by)));
    assertThat(state(again)).isEqualTo(TokenRow.NORMAL);
    long later = login(other).epoch();
    store.end(user, List.of(ended(again, later)));
    assertThat(state(again)).isEqualTo(TokenRow.KICKED);
  }

  @Test
  void endOfALoginIsNotAfterItself() {
    TokenRow token = row(1, 1);
    put(token);
    store.end(user, List.of(ended(token, login(token).epoch())));
    assertThat(state(token)).isEqualTo(TokenRow.KICKED);
  }

  @Test
  void endPassesOverWhatIsUnknownOrKicked() {
    TokenRow kicked = row(1, 1).kicked();
    TokenRow other = row(2, 2);
    put(kicked, other);
    long by = login(other).epoch();
    store.end(
        user,
        List.of(
            ended(kicked, by),
            ended(row(3, 9), by),
            new Ended(2, "", by),
            new Ended(3, other.hash(), by)));
    store.end(newUser(), List.of(ended(other, by)));
    assertThat(store.all(user)).containsExactlyInAnyOrder(kicked, other);
  }

  @Test
  void endFromBeforeALossHitsNobodyAndOneFromAfterItWorks() {
    TokenRow token = row(1, 1);
    TokenRow other = row(2, 2);
    put(token, other);
    long by = login(other).epoch();
    login(token);
    emptyRedis();
    store.end(user, List.of(ended(token, by)));
    assertThat(state(token)).isEqualTo(TokenRow.NORMAL);
    long after = login(other).epoch();
    store.end(user, List.of(ended(token, by)));
    assertThat(state(token)).isEqualTo(TokenRow.NORMAL);
    store.end(user, List.of(ended(token, after)));
    assertThat(state(token)).isEqualTo(TokenRow.KICKED);
  }
}
