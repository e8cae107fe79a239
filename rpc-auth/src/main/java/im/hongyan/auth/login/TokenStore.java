package im.hongyan.auth.login;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Where tokens are kept. Safe for use by several threads. */
public interface TokenStore {
  /**
   * What a login changes.
   *
   * @param removed hashes to forget
   * @param changed rows to write, the new one included
   */
  record Change(List<TokenRow> removed, List<TokenRow> changed) {}

  /** Changes a user's tokens; logins of one user wait for each other. */
  void update(String userId, Function<List<TokenRow>, Change> decision);

  /** A token, if it is stored. */
  Optional<TokenRow> find(String userId, int platformId, String hash);
}
