package im.hongyan.drivers.etcd;

import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.Secret;
import im.hongyan.kit.config.Settings;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * Where etcd is.
 *
 * @param addresses members as {@code host:port} or URL
 * @param user empty where etcd asks for none
 * @param prefix of every key of this installation, with a slash at its end
 * @param lease how long a killed process stays registered; etcd makes less than 2 s of it 2 s
 */
public record EtcdConfig(
    List<String> addresses, String user, Secret password, String prefix, Duration lease) {
  private static final Duration LEAST_LEASE = Duration.ofSeconds(1);
  private static final Duration MOST_LEASE = Duration.ofMinutes(5);

  /** Copies and checks. */
  public EtcdConfig {
    addresses = List.copyOf(addresses);
    if (lease.compareTo(LEAST_LEASE) < 0 || lease.compareTo(MOST_LEASE) > 0) {
      throw new ConfigException("etcd.lease must be from 1s to 5m");
    }
  }

  /**
   * Reads section {@code etcd}.
   *
   * @throws ConfigException when an address is none
   */
  public static EtcdConfig from(Settings settings) {
    String prefix = settings.text("etcd.prefix", "/hongyan/");
    EtcdConfig config =
        new EtcdConfig(
            settings.list("etcd.address", List.of("localhost:2379")),
            settings.text("etcd.user", ""),
            settings.secret("etcd.password", ""),
            prefix.endsWith("/") ? prefix : prefix + "/",
            settings.duration("etcd.lease", Duration.ofSeconds(10)));
    config.endpoints();
    return config;
  }

  /** The members as jetcd wants them. */
  List<URI> endpoints() {
    try {
      return addresses.stream()
          .map(address -> URI.create(address.contains("://") ? address : "http://" + address))
          .toList();
    } catch (IllegalArgumentException e) {
      throw new ConfigException("etcd.address must list host:port, not '" + addresses + "'");
    }
  }
}
