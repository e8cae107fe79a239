package im.hongyan.kit.config;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;

/**
 * What all services share (errors-config-ops.md 4.1).
 *
 * @param secret signs tokens and opens get_admin_token
 * @param adminIds IM administrators, made at start where missing
 * @param adminNicknames by the same index
 * @param multiLogin which logins live side by side
 * @param maxConcurrentCalls calls that each gRPC service, and the HTTP gateway, answers at once
 */
public record ShareConfig(
    Secret secret,
    List<String> adminIds,
    List<String> adminNicknames,
    MultiLogin multiLogin,
    int maxConcurrentCalls) {
  /** What everybody knows; refused beyond loopback. */
  public static final String DEFAULT_SECRET = "openIM123";

  /** Copies the lists. */
  public ShareConfig {
    adminIds = List.copyOf(adminIds);
    adminNicknames = List.copyOf(adminNicknames);
  }

  /**
   * Reads section {@code share}.
   *
   * @throws ConfigException when something cannot be used, as an empty secret
   */
  public static ShareConfig from(Settings settings) {
    Secret secret = settings.secret("share.secret", DEFAULT_SECRET);
    if (secret.reveal().isBlank()) {
      throw new ConfigException("share.secret is empty; choose one, or do not set it at all");
    }
    return new ShareConfig(
        secret,
        settings.list("share.imAdminUser.userIDs", List.of("imAdmin")),
        settings.list("share.imAdminUser.nicknames", List.of("superAdmin")),
        MultiLogin.from(settings),
        settings.number("share.maxConcurrentCalls", 2_000, 1, 1_000_000));
  }

  /** The administrators as a set. */
  public Set<String> admins() {
    return Set.copyOf(adminIds);
  }

  /** Whether nobody has chosen a secret. */
  public boolean defaultSecret() {
    return secret.reveal().equals(DEFAULT_SECRET);
  }

  /**
   * Refuses to listen where others can reach a server whose secret everybody knows.
   *
   * @throws ConfigException when the address is not a loopback one and the secret the default
   */
  public void refuseDefaultSecretBeyondLoopback(String listen) {
    try {
      if (defaultSecret() && !InetAddress.getByName(listen).isLoopbackAddress()) {
        throw new ConfigException(
            "share.secret is the default; choose your own before listening on " + listen);
      }
    } catch (UnknownHostException e) {
      throw new ConfigException(listen + " is not an address to listen on");
    }
  }
}
