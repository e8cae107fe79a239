package im.hongyan.auth.storage;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.auth.login.LoginSequences;
import im.hongyan.auth.login.TokenRow;
import im.hongyan.auth.login.TokenStore;
import im.hongyan.auth.login.TokenStore.Change;
import im.hongyan.auth.login.TokenStore.Ended;
import im.hongyan.auth.login.TokenStore.Login;
import im.hongyan.drivers.redis.Redis;
import im.hongyan.testkit.TestClock;
import im.hongyan.testkit.TestSeeds;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.id.UserId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves on MariaDB and Redis that logins and ends which meet come out one after the other, that
 * two processes never give two logins of a user one epoch, and that the rules of {@link
 * LoginSequences} hold over real stores ({@code HONGYAN_SEED} repeats).
 */
@ExtendWith(TestStoresExtension.class)
class LoginRaceIT {
  private static final TokenRow TOKEN = new TokenRow(1, "%064x".formatted(1), 0, 1, 1L << 42, 0);
  private static final TokenRow OTHER = new TokenRow(2, "%064x".formatted(2), 0, 2, 1L << 42, 0);
  private static final int ROUNDS = 150;

  private static TokenStores stores;

  @BeforeAll
  static void open(TestStores servers) {
    stores = new TokenStores(servers);
  }

  @AfterAll
  static void close() {
    if (stores != null) {
      stores.close();
    }
  }

  private static TokenStore newStore() {
    return new CachedTokenStore(stores.mysql, stores.redis);
  }

  private static Login login(TokenStore store, UserId user, TokenRow token) {
    return store.connect(user, token.platformId(), token.hash()).orElseThrow();
  }

  private static <T> List<T> together(List<Callable<T>> calls) throws Exception {
    CyclicBarrier start = new CyclicBarrier(calls.size());
    List<T> results = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<T>> running = new ArrayList<>();
      for (Callable<T> call : calls) {
        running.add(
            threads.submit(() -> {
              start.await();
              return call.call();
            }));
      }
      for (Future<T> future : running) {
        results.add(future.get());
      }
    }
    return results;
  }

  @Test
  void aLoginIsWhollyBeforeOrWhollyAfterAnEnd() throws Exception {
    TokenStore one = newStore();
    TokenStore two = newStore();
    UserId user = stores.newUser();
    int cameIn = 0;
    for (int round = 0; round < ROUNDS; round++) {
      one.update(user, rows -> new Change(List.of(), List.of(TOKEN, OTHER)));
      login(one, user, TOKEN);
      if (round % 3 == 0) {
        // The login asks MySQL while the end is not committed there.
        Redis.await(stores.redis.commands().flushall());
      }
      long by = login(two, user, OTHER).epoch();
      Ended end = new Ended(1, TOKEN.hash(), by);
      long epoch =
          together(
                  List.<Callable<Long>>of(
                      () -> login(one, user, TOKEN).epoch(),
                      () -> {
                        two.end(user, List.of(end));
                        return 0L;
                      }))
              .get(0);
      int state = one.find(user, 1, TOKEN.hash()).orElseThrow().state();
      assertThat(epoch > by ? TokenRow.NORMAL : TokenRow.KICKED).isEqualTo(state);
      assertThat(two.all(user))
          .filteredOn(TOKEN::sameToken)
          .extracting(TokenRow::state)
          .containsExactly(state);
      cameIn += epoch > by ? 1 : 0;
    }
    System.out.println("LoginRaceIT: of " + ROUNDS + " logins " + cameIn + " were before the end");
  }

  @Test
  void processesShareOneOrder() throws Exception {
    UserId user = stores.newUser();
    newStore().update(user, rows -> new Change(List.of(), List.of(TOKEN, OTHER)));
    List<Callable<List<Long>>> threads = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      TokenStore store = newStore();
      TokenRow token = i % 2 == 0 ? TOKEN : OTHER;
      threads.add(() -> {
        List<Long> epochs = new ArrayList<>();
        for (int n = 0; n < 100; n++) {
          epochs.add(login(store, user, token).epoch());
        }
        return epochs;
      });
    }
    List<List<Long>> results = together(threads);
    assertThat(results).allSatisfy(epochs -> assertThat(epochs).isSorted());
    assertThat(results.stream().flatMap(List::stream).toList())
        .hasSize(600)
        .doesNotHaveDuplicates();
  }

  @Test
  void theRulesHold() {
    long first = TestSeeds.choose();
    System.out.println("LoginRaceIT: HONGYAN_SEED=" + first);
    for (long seed = first; seed != first + 8; seed++) {
      TestClock clock = new TestClock(Instant.parse("2026-01-01T00:00:00Z"));
      Runnable empty = () -> Redis.await(stores.redis.commands().flushall());
      LoginSequences.run(
          new LoginSequences.World(newStore(), clock, stores.newUser(), empty), seed, 60);
    }
  }
}
