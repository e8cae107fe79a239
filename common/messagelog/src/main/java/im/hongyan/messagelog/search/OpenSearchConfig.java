package im.hongyan.messagelog.search;

import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.Secret;
import im.hongyan.kit.config.Settings;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Where OpenSearch is, and how it is asked.
 *
 * @param addresses nodes as {@code http://host:port} or {@code https://host:port}
 * @param user empty where the nodes ask for none
 * @param prefix of the names of indices and aliases
 * @param connectTimeout of one connection
 * @param requestTimeout from a request to its answer
 * @param maxRequestBytes about so large is a request that writes
 */
public record OpenSearchConfig(
    List<URI> addresses,
    String user,
    Secret password,
    String prefix,
    Duration connectTimeout,
    Duration requestTimeout,
    int maxRequestBytes) {
  private static final Pattern PREFIX = Pattern.compile("[a-z0-9][a-z0-9_-]{0,63}");
  private static final Duration LEAST_TIMEOUT = Duration.ofMillis(100);

  /** Shorter than MySQL waits for a locked row, since a lane's position is locked meanwhile. */
  private static final Duration MOST_TIMEOUT = Duration.ofSeconds(30);

  /** Copies and checks. */
  public OpenSearchConfig {
    addresses = List.copyOf(addresses);
    if (!PREFIX.matcher(prefix).matches()) {
      throw new ConfigException(
          "search.opensearch.prefix must be up to 64 small letters, digits, _ and -");
    }
    if (user.isEmpty() != password.reveal().isEmpty()) {
      throw new ConfigException("search.opensearch.user and password belong together");
    }
    check("search.opensearch.connectTimeout", connectTimeout);
    check("search.opensearch.requestTimeout", requestTimeout);
  }

  private static void check(String key, Duration timeout) {
    if (timeout.compareTo(LEAST_TIMEOUT) < 0 || timeout.compareTo(MOST_TIMEOUT) > 0) {
      throw new ConfigException(key + " must be from 100ms to 30s");
    }
  }

  /**
   * Reads section {@code search.opensearch}.
   *
   * @throws ConfigException when an address is none
   */
  public static OpenSearchConfig from(Settings settings) {
    return new OpenSearchConfig(
        settings.list("search.opensearch.addresses", List.of("http://localhost:9200")).stream()
            .map(OpenSearchConfig::address)
            .toList(),
        settings.text("search.opensearch.user", ""),
        settings.secret("search.opensearch.password", ""),
        settings.text("search.opensearch.prefix", "hongyan"),
        settings.duration("search.opensearch.connectTimeout", Duration.ofSeconds(2)),
        settings.duration("search.opensearch.requestTimeout", Duration.ofSeconds(10)),
        settings.number("search.opensearch.maxRequestBytes", 4 << 20, 1 << 16, 64 << 20));
  }

  private static URI address(String text) {
    try {
      URI address = new URI(text);
      boolean known = "http".equals(address.getScheme()) || "https".equals(address.getScheme());
      if (known
          && address.getHost() != null
          && address.getRawUserInfo() == null
          && address.getRawQuery() == null
          && List.of("", "/").contains(address.getRawPath())) {
        return address;
      }
    } catch (URISyntaxException e) {
      // Reported below; the text may hold a password, so it is not shown.
    }
    throw new ConfigException(
        "search.opensearch.addresses must list http://host:port or https://host:port");
  }
}
