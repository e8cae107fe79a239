package im.hongyan.auth.storage;

import im.hongyan.auth.login.TokenRow;
import im.hongyan.auth.login.TokenStore.Change;
import im.hongyan.wire.id.UserId;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** The truth about tokens. Safe for use by several threads. */
interface TokenTable {
  /**
   * Changes a user's tokens in one transaction that holds the user's lock.
   *
   * @param decision called once, under the lock; what it throws ends the transaction
   */
  void update(UserId userId, Function<List<TokenRow>, Change> decision);

  /** A token, if it is stored. */
  Optional<TokenRow> find(UserId userId, int platformId, String hash);

  /** All tokens of a user. */
  List<TokenRow> all(UserId userId);
}
