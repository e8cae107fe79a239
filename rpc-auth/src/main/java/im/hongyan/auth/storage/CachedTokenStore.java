package im.hongyan.auth.storage;

import im.hongyan.auth.login.TokenRow;
import im.hongyan.auth.login.TokenStore;
import im.hongyan.auth.storage.TokenCache.Marks;
import im.hongyan.auth.storage.TokenCache.Write;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.redis.Redis;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.UserId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tokens in MySQL, which alone says that one does not exist, and Redis before it, so that a check
 * or a login costs no SQL. Safe for use by several threads.
 *
 * <p>A change is seen in Redis before MySQL commits it, under the lock of the user's row, and is
 * taken back when MySQL does not; so a commit is never followed by an older answer. What a reader
 * found in MySQL never replaces a change. Without Redis checks ask MySQL, while logins and changes
 * fail, the latter with nothing done.
 *
 * <p>What a lost Redis costs. Emptied: the next check of a token asks MySQL; ends of tokens that
 * were on their way are dropped rather than hit a login that nobody remembers. Rolled back: Redis
 * shows a token again as it was when it was cached, for what is left of the 300 s from then on; a
 * kick of the seconds that Redis lost is not seen until then, though MySQL has it. (Redis itself
 * does not notice that it went back; a sure answer would take a look at MySQL per login, or a
 * shorter time in the cache at the price of more such looks.) The kicked connections stay closed
 * all the same. A process that dies between a change in Redis and its commit, or whose Redis falls
 * silent just then, leaves the change in sight for 60 s at most.
 */
public final class CachedTokenStore implements TokenStore {
  private static final Logger LOG = LoggerFactory.getLogger(CachedTokenStore.class);

  private final TokenTable table;
  private final TokenCache cache;

  /** Creates a store over both. */
  public CachedTokenStore(MySql mysql, Redis redis) {
    this(new MySqlTokenTable(mysql), redis);
  }

  CachedTokenStore(TokenTable table, Redis redis) {
    this.table = table;
    cache = new TokenCache(redis);
  }

  @Override
  public long update(UserId userId, Function<List<TokenRow>, Change> decision) {
    return change(
        userId,
        rows -> {
          Change change = decision.apply(rows);
          return new Plan(
              change.removed(),
              change.changed().stream().map(row -> new Write(row, OptionalLong.empty())).toList());
        });
  }

  @Override
  public void end(UserId userId, List<Ended> tokens) {
    change(
        userId,
        rows -> {
          List<Write> writes = new ArrayList<>();
          for (TokenRow row : rows) {
            OptionalLong by = endOf(row, tokens);
            if (row.state() == TokenRow.NORMAL && by.isPresent()) {
              writes.add(new Write(row.kicked(), by));
            }
          }
          return new Plan(List.of(), writes);
        });
  }

  /** Named more than once, a token is ended by the newest login. */
  private static OptionalLong endOf(TokenRow row, List<Ended> tokens) {
    return tokens.stream()
        .filter(end -> end.platformId() == row.platformId() && end.hash().equals(row.hash()))
        .mapToLong(Ended::epoch)
        .max();
  }

  private long change(UserId userId, Function<List<TokenRow>, Plan> planning) {
    Marking marking = new Marking(userId, planning);
    boolean committed = false;
    try {
      table.update(userId, marking::decide);
      committed = true;
    } finally {
      if (!committed) {
        marking.takeBack();
      }
    }
    return marking.marks.epoch();
  }

  private record Plan(List<TokenRow> removed, List<Write> writes) {}

  /** One change on its way: its marks, once they are made. Used by one thread. */
  private final class Marking {
    private final UserId userId;
    private final Function<List<TokenRow>, Plan> planning;
    private Marks marks = new Marks(0, List.of());

    Marking(UserId userId, Function<List<TokenRow>, Plan> planning) {
      this.userId = userId;
      this.planning = planning;
    }

    /** Called under the user's lock; what is marked is what MySQL is to write. */
    Change decide(List<TokenRow> rows) {
      Plan plan = planning.apply(rows);
      marks = cache.mark(userId, plan.writes(), plan.removed());
      return new Change(plan.removed(), marks.written());
    }

    /** The failure that led here is reported to the caller, not this one. */
    void takeBack() {
      try {
        cache.unmark(userId, marks);
      } catch (ImException e) {
        LOG.warn("a change of tokens that failed stays in sight for a minute: {}", e.getMessage());
      }
    }
  }

  @Override
  public Optional<TokenRow> find(UserId userId, int platformId, String hash) {
    try {
      Optional<TokenRow> cached = cache.get(userId, platformId, hash);
      if (cached.isPresent()) {
        return cached;
      }
    } catch (ImException e) {
      LOG.debug("token cache does not answer", e);
      return table.find(userId, platformId, hash);
    }
    Optional<TokenRow> found = table.find(userId, platformId, hash);
    found.ifPresent(row -> cache.fill(userId, row));
    return found;
  }

  @Override
  public List<TokenRow> all(UserId userId) {
    return table.all(userId);
  }

  @Override
  public Optional<Login> connect(UserId userId, int platformId, String hash) {
    return cache
        .login(userId, platformId, hash, null)
        .or(() ->
            table
                .find(userId, platformId, hash)
                .flatMap(row -> cache.login(userId, platformId, hash, row)));
  }
}
