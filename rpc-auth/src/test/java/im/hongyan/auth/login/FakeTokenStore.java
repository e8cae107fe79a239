package im.hongyan.auth.login;

import im.hongyan.wire.id.UserId;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Tokens and logins in memory; passes {@link TokenStoreContract}. Safe for use by several threads.
 */
public final class FakeTokenStore implements TokenStore {
  private final InstantSource clock;
  private final Map<UserId, List<TokenRow>> tokens = new HashMap<>();
  private final Map<UserId, Order> orders = new HashMap<>();

  /** What Redis knows of a user's logins. */
  private static final class Order {
    private final long since;
    private final Map<TokenRow, Long> byToken = new HashMap<>();
    private long last;

    Order(long since) {
      this.since = since;
      last = since;
    }
  }

  /** Creates an empty store. */
  public FakeTokenStore(InstantSource clock) {
    this.clock = clock;
  }

  /** Forgets what Redis holds. */
  public synchronized void emptyRedis() {
    orders.clear();
  }

  @Override
  public synchronized long update(UserId userId, Function<List<TokenRow>, Change> decision) {
    List<TokenRow> rows = new ArrayList<>(all(userId));
    Change change = decision.apply(List.copyOf(rows));
    rows.removeIf(row -> change.removed().stream().anyMatch(row::sameToken));
    rows.removeIf(row -> change.changed().stream().anyMatch(row::sameToken));
    rows.addAll(change.changed());
    tokens.put(userId, rows);
    return numbered(userId).last;
  }

  /** The user's order after one more number. */
  private Order numbered(UserId userId) {
    long now = clock.millis() * 1_000;
    Order order = orders.computeIfAbsent(userId, user -> new Order(now));
    order.last = Math.max(now, order.last + 1);
    return order;
  }

  @Override
  public synchronized Optional<TokenRow> find(UserId userId, int platformId, String hash) {
    return all(userId).stream()
        .filter(row -> row.platformId() == platformId && row.hash().equals(hash))
        .findFirst();
  }

  @Override
  public synchronized List<TokenRow> all(UserId userId) {
    return List.copyOf(tokens.getOrDefault(userId, List.of()));
  }

  @Override
  public synchronized Optional<Login> connect(UserId userId, int platformId, String hash) {
    return find(userId, platformId, hash)
        .map(row -> {
          if (row.state() != TokenRow.NORMAL) {
            return new Login(row, 0);
          }
          Order order = numbered(userId);
          order.byToken.put(key(row), order.last);
          return new Login(row, order.last);
        });
  }

  /** The token apart from what changes of it. */
  private static TokenRow key(TokenRow row) {
    return new TokenRow(row.platformId(), row.hash(), 0, 0, 0, 0);
  }

  @Override
  public synchronized void end(UserId userId, List<Ended> ended) {
    Order order = orders.get(userId);
    if (order == null) {
      return;
    }
    List<TokenRow> kicked = new ArrayList<>();
    for (Ended end : ended) {
      find(userId, end.platformId(), end.hash())
          .filter(row -> row.state() == TokenRow.NORMAL)
          .filter(row -> order.since <= end.epoch() && end.epoch() <= order.last)
          .filter(row -> order.byToken.getOrDefault(key(row), 0L) <= end.epoch())
          .ifPresent(row -> kicked.add(row.kicked()));
    }
    update(userId, rows -> new Change(List.of(), kicked));
  }
}
