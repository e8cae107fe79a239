package im.hongyan.auth.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import im.hongyan.auth.login.TokenRow;
import im.hongyan.auth.login.TokenStore;
import im.hongyan.auth.login.TokenStore.Change;
import im.hongyan.auth.login.TokenStoreContract;
import im.hongyan.drivers.redis.Redis;
import im.hongyan.kit.config.Secret;
import im.hongyan.testkit.net.Link;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.UserId;
import io.lettuce.core.RedisURI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves on MariaDB and Redis that tokens are what MySQL says: changes show before they commit and
 * vanish when they do not, what readers found never replaces them, and no state of Redis, away,
 * emptied or gone back in time, refuses a good token or lets an epoch fall.
 */
@ExtendWith(TestStoresExtension.class)
class CachedTokenStoreIT extends TokenStoreContract {
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

  @Override
  protected TokenStore store() {
    return new CachedTokenStore(stores.mysql, stores.redis);
  }

  @Override
  protected UserId newUser() {
    return stores.newUser();
  }

  @Override
  protected void emptyRedis() {
    Redis.await(stores.redis.commands().flushall());
  }

  private static final TokenRow TOKEN = row(1, 1);
  private static final TokenRow OTHER = row(2, 2);

  private final HookedTable hooked = hookedTable();

  private static HookedTable hookedTable() {
    return new HookedTable(new MySqlTokenTable(stores.mysql));
  }

  private CachedTokenStore hookedStore() {
    return new CachedTokenStore(hooked, stores.redis);
  }

  private static Change change(TokenRow... rows) {
    return new Change(List.of(), List.of(rows));
  }

  private Map<String, byte[]> dump() {
    Map<String, byte[]> dump = new HashMap<>();
    for (byte[] key : Redis.await(stores.redis.commands().keys("*"))) {
      dump.put(
          new String(key, StandardCharsets.UTF_8), Redis.await(stores.redis.commands().dump(key)));
    }
    return dump;
  }

  private void goBackTo(Map<String, byte[]> dump) {
    emptyRedis();
    dump.forEach(
        (key, value) -> Redis.await(stores.redis.commands().restore(bytes(key), 60_000, value)));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void aChangeShowsBeforeItCommits() {
    put(TOKEN, OTHER);
    login(TOKEN);
    CachedTokenStore changing = hookedStore();
    hooked.beforeCommit = () -> assertThat(login(TOKEN).row().state()).isEqualTo(TokenRow.KICKED);
    changing.update(user, rows -> change(TOKEN.kicked()));
    long by = login(OTHER).epoch();
    put(TOKEN);
    changing.end(user, List.of(ended(TOKEN, by)));
    assertThat(state(TOKEN)).isEqualTo(TokenRow.KICKED);
  }

  @Test
  void aChangeThatDoesNotCommitIsTakenBack() {
    put(TOKEN, OTHER);
    login(TOKEN);
    CachedTokenStore failing = hookedStore();
    hooked.beforeCommit =
        () -> {
          assertThat(state(TOKEN)).isEqualTo(TokenRow.KICKED);
          throw new IllegalStateException("no commit");
        };
    assertThatIllegalStateException()
        .isThrownBy(() -> failing.update(user, rows -> change(TOKEN.kicked())));
    assertThat(login(TOKEN).row().state()).isEqualTo(TokenRow.NORMAL);
    long by = login(OTHER).epoch();
    assertThatIllegalStateException()
        .isThrownBy(() -> failing.end(user, List.of(ended(TOKEN, by))));
    assertThat(login(TOKEN).row().state()).isEqualTo(TokenRow.NORMAL);
    assertThat(store.all(user)).containsExactlyInAnyOrder(TOKEN, OTHER);
  }

  @Test
  void takingBackLeavesALaterChangeAlone() {
    put(TOKEN);
    CachedTokenStore failing = hookedStore();
    hooked.beforeCommit =
        () -> {
          throw new IllegalStateException("no commit");
        };
    hooked.afterFailure = () -> put(TOKEN.usableUntil(5));
    assertThatIllegalStateException()
        .isThrownBy(() -> failing.update(user, rows -> change(TOKEN.kicked())));
    assertThat(new TokenCache(stores.redis).get(user, 1, TOKEN.hash()))
        .contains(TOKEN.usableUntil(5));
  }

  @Test
  void whatAReaderFoundNeverReplacesAChange() {
    put(TOKEN);
    emptyRedis();
    CachedTokenStore slow = hookedStore();
    hooked.afterFind = () -> put(TOKEN.kicked());
    assertThat(slow.find(user, 1, TOKEN.hash())).contains(TOKEN);
    assertThat(state(TOKEN)).isEqualTo(TokenRow.KICKED);
    assertThat(login(TOKEN).epoch()).isZero();

    put(TOKEN);
    emptyRedis();
    assertThat(login(slow, TOKEN).row().state()).isEqualTo(TokenRow.KICKED);
    assertThat(login(TOKEN).epoch()).isZero();
  }

  @Test
  void withoutRedisChecksGoOnAndTheRestFailsWithNothingDone() {
    put(TOKEN, OTHER);
    long by = login(OTHER).epoch();
    RedisURI address = RedisURI.create(stores.redisUri.reveal());
    String here = address.getHost() + ":" + address.getPort();
    try (Link link = new Link(address.getHost(), address.getPort());
        Redis far =
            Redis.open(
                new Secret(stores.redisUri.reveal().replace(here, "127.0.0.1:" + link.port())))) {
      TokenStore away = new CachedTokenStore(stores.mysql, far);
      assertThat(login(away, TOKEN).epoch()).isGreaterThan(by);
      link.cut();
      assertThat(away.find(user, 1, TOKEN.hash())).contains(TOKEN);
      assertThat(away.find(user, 1, OTHER.hash())).isEmpty();
      fails(() -> away.connect(user, 1, TOKEN.hash()));
      fails(() -> away.connect(user, 1, OTHER.hash()));
      fails(() -> away.update(user, rows -> change(TOKEN.kicked(), row(5, 5))));
      fails(() -> away.end(user, List.of(ended(OTHER, by))));
    }
    assertThat(store.all(user)).containsExactlyInAnyOrder(TOKEN, OTHER);
    assertThat(login(TOKEN).epoch()).isGreaterThan(by);
  }

  private static void fails(Runnable operation) {
    assertThatExceptionOfType(ImException.class)
        .isThrownBy(operation::run)
        .matches(failure -> failure.is(ImError.INTERNAL));
  }

  @Test
  void aRedisThatWentBackRefusesNobodyAndNumbersOn() {
    put(TOKEN, OTHER);
    long first = login(TOKEN).epoch();
    Map<String, byte[]> before = dump();
    long by = login(OTHER).epoch();
    long last = login(TOKEN).epoch();
    put(row(3, 3));
    goBackTo(before);
    store.end(user, List.of(ended(TOKEN, by)));
    assertThat(state(TOKEN)).isEqualTo(TokenRow.NORMAL);
    assertThat(state(row(3, 3))).isEqualTo(TokenRow.NORMAL);
    assertThat(last).isGreaterThan(first);
    assertThat(login(TOKEN).epoch()).isGreaterThan(last);
    assertThat(login(row(3, 3)).epoch()).isGreaterThan(last);
  }

  @Test
  void everythingInRedisEndsByItselfAndSharesTheUsersTag() {
    emptyRedis();
    put(TOKEN, OTHER.kicked());
    login(TOKEN);
    List<byte[]> keys = Redis.await(stores.redis.commands().keys("*"));
    assertThat(keys).hasSize(3);
    for (byte[] key : keys) {
      String tag = "{" + user.value().replace("%", "%25").replace("}", "%7D") + "}";
      String name = new String(key, StandardCharsets.UTF_8);
      assertThat(name).contains(tag);
      assertThat(name.indexOf('{')).isEqualTo(name.indexOf(tag));
      assertThat(Redis.await(stores.redis.commands().ttl(key))).isBetween(1L, 172_800L);
    }
    Redis.await(stores.redis.commands().del(keys.toArray(byte[][]::new)));
    state(TOKEN);
    assertThat(new TokenCache(stores.redis).get(user, 1, TOKEN.hash())).contains(TOKEN);
  }

  @Test
  void loginsStayBoundedAndTheForgottenOnesProtect() {
    emptyRedis();
    TokenRow[] tokens = new TokenRow[150];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = row(1, i);
    }
    put(tokens);
    long first = login(tokens[0]).epoch();
    for (TokenRow token : tokens) {
      login(token);
    }
    long last = login(tokens[149]).epoch();
    byte[] logins = Redis.await(stores.redis.commands().keys("logins:*")).get(0);
    assertThat(Redis.await(stores.redis.commands().hlen(logins))).isLessThanOrEqualTo(66);
    // Its newer login is forgotten, so nobody may say that there was none.
    store.end(user, List.of(ended(tokens[1], first)));
    assertThat(state(tokens[1])).isEqualTo(TokenRow.NORMAL);
    store.end(user, List.of(ended(tokens[1], last)));
    assertThat(state(tokens[1])).isEqualTo(TokenRow.KICKED);
  }

  @Test
  void scriptsThatTheServerForgotAreSentAgain() {
    put(TOKEN, OTHER);
    for (int i = 0; i < 2; i++) {
      Redis.await(stores.redis.commands().scriptFlush());
      long by = login(OTHER).epoch();
      Redis.await(stores.redis.commands().scriptFlush());
      store.end(user, List.of(ended(TOKEN, by)));
      assertThat(state(TOKEN)).isEqualTo(TokenRow.KICKED);
    }
  }
}
