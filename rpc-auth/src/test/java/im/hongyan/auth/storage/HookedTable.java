package im.hongyan.auth.storage;

import im.hongyan.auth.login.TokenRow;
import im.hongyan.auth.login.TokenStore.Change;
import im.hongyan.wire.id.UserId;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The table, with something else happening at the moments that matter. Used by one thread. */
final class HookedTable implements TokenTable {
  private final TokenTable table;

  /** Runs within the transaction, when the decision has fallen. */
  Runnable beforeCommit = () -> {};

  /** Runs after a transaction that failed. */
  Runnable afterFailure = () -> {};

  /** Runs when a row is read and not yet returned. */
  Runnable afterFind = () -> {};

  HookedTable(TokenTable table) {
    this.table = table;
  }

  @Override
  public void update(UserId userId, Function<List<TokenRow>, Change> decision) {
    boolean committed = false;
    try {
      table.update(
          userId,
          rows -> {
            Change change = decision.apply(rows);
            beforeCommit.run();
            return change;
          });
      committed = true;
    } finally {
      if (!committed) {
        afterFailure.run();
      }
    }
  }

  @Override
  public Optional<TokenRow> find(UserId userId, int platformId, String hash) {
    Optional<TokenRow> found = table.find(userId, platformId, hash);
    afterFind.run();
    return found;
  }

  @Override
  public List<TokenRow> all(UserId userId) {
    return table.all(userId);
  }
}
