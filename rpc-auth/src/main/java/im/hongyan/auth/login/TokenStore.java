package im.hongyan.auth.login;

import im.hongyan.wire.id.UserId;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Where tokens are kept, and the order of a user's logins. Safe for use by several threads and,
 * over shared stores, by several processes. A store that does not answer is failure 500.
 *
 * <p>Logins and changes of one user are numbered by epochs: microseconds of Redis's clock, and
 * always larger than every epoch of the user before. After a loss of Redis the clock alone keeps
 * them rising.
 */
public interface TokenStore {
  /**
   * A change of a user's tokens.
   *
   * @param removed rows to forget
   * @param changed rows to write, new ones included
   */
  record Change(List<TokenRow> removed, List<TokenRow> changed) {
    /** Copies the lists. */
    public Change {
      removed = List.copyOf(removed);
      changed = List.copyOf(changed);
    }
  }

  /**
   * A login.
   *
   * @param row the token
   * @param epoch 0 where the token is not normal: nobody is logged in
   */
  record Login(TokenRow row, long epoch) {}

  /**
   * A token whose connections a newer login closed.
   *
   * @param epoch of the newer login
   */
  record Ended(int platformId, String hash, long epoch) {}

  /**
   * Changes a user's tokens; changes of one user wait for each other. Either all of it is done and
   * seen by every {@link #find} and {@link #connect} from then on, or it fails and nothing is.
   *
   * @param decision called once, with all tokens of the user
   * @return the change's epoch: below that of every later login, above those of the logins before
   */
  long update(UserId userId, Function<List<TokenRow>, Change> decision);

  /** A token, if it is stored. */
  Optional<TokenRow> find(UserId userId, int platformId, String hash);

  /** All tokens of a user. */
  List<TokenRow> all(UserId userId);

  /** Numbers a login with this token and remembers it as the token's last; empty if unknown. */
  Optional<Login> connect(UserId userId, int platformId, String hash);

  /**
   * Kicks these tokens of a user. Those that have logged in after the epoch beside them stay, and
   * so do those of which a loss of Redis leaves unknown whether they have. A login that arrives
   * meanwhile is wholly before or wholly after. Unknown and kicked tokens are passed over.
   */
  void end(UserId userId, List<Ended> tokens);
}
