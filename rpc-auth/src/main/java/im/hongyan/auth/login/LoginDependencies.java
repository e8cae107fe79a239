package im.hongyan.auth.login;

import im.hongyan.kit.config.Secret;
import im.hongyan.proto.sdkws.UserInfo;
import im.hongyan.wire.id.UserId;
import java.util.Optional;
import java.util.Set;

/** What logins need of the rest of the system. */
public record LoginDependencies(
    Secret secret, Set<String> adminIds, Users users, Gateways gateways) {
  /** Looks users up. */
  @FunctionalInterface
  public interface Users {
    /** The user, if it exists. */
    Optional<UserInfo> find(UserId userId);
  }

  /** Closes connections. */
  @FunctionalInterface
  public interface Gateways {
    /**
     * Closes the connections of a user on a platform whose login is not after the epoch, on every
     * gateway that answers; the others are named in the log.
     */
    void close(UserId userId, int platformId, long epoch);
  }
}
