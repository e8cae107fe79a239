package im.hongyan.push.offline;

import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.Settings;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Locale;

/**
 * Who brings messages to users who were not reached (errors-config-ops.md 4.12).
 *
 * @param webhookUrl http or https; only of the webhook
 * @param webhookTimeout for the whole exchange
 * @param attempts how often a notification is sent before it is dropped
 */
public record OfflineConfig(
    Provider provider, URI webhookUrl, Duration webhookTimeout, int attempts) {
  /** The ways there are. */
  public enum Provider {
    /** Nobody is notified, and nothing is handed over. */
    NONE,
    /** A line in the log. */
    LOG,
    /** JSON to an URL of the operator's. */
    WEBHOOK
  }

  /**
   * Reads section {@code push.offline}.
   *
   * @throws ConfigException for a provider that there is not, or a webhook without a URL
   */
  public static OfflineConfig from(Settings settings) {
    Provider provider = provider(settings.text("push.offline.provider", "log"));
    // Its query may hold a key.
    String url = settings.secret("push.offline.webhook.url", "").reveal();
    Duration timeout = settings.duration("push.offline.webhook.timeout", Duration.ofSeconds(5));
    if (!timeout.isPositive()) {
      throw new ConfigException("push.offline.webhook.timeout must be longer than nothing");
    }
    return new OfflineConfig(
        provider,
        provider == Provider.WEBHOOK ? url(url) : URI.create(""),
        timeout,
        settings.number("push.offline.attempts", 5, 1, 100));
  }

  private static Provider provider(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "none" -> Provider.NONE;
      case "log" -> Provider.LOG;
      case "webhook" -> Provider.WEBHOOK;
      case "getui", "fcm", "jpush", "apns" ->
          throw new ConfigException(
              "push.offline.provider " + name + " is not built yet; take none, log or webhook");
      default ->
          throw new ConfigException(
              "push.offline.provider must be none, log or webhook, not '" + name + "'");
    };
  }

  private static URI url(String text) {
    try {
      URI url = new URI(text.strip());
      String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
      if ((scheme.equals("http") || scheme.equals("https"))
          && url.getHost() != null
          && url.getRawUserInfo() == null
          && url.getRawFragment() == null) {
        return url;
      }
    } catch (URISyntaxException e) {
      // reported below
    }
    // Not the text itself: it may hold a password.
    throw new ConfigException(
        "push.offline.webhook.url must be a http or https URL without user and fragment");
  }

  /** The provider; its taker closes it. */
  OfflineProvider open() {
    return switch (provider) {
      case NONE -> notification -> {};
      case LOG -> new LogProvider();
      case WEBHOOK -> new WebhookProvider(webhookUrl, webhookTimeout);
    };
  }
}
