package im.hongyan.webhooks;

import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.Settings;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Locale;

/**
 * Which events are posted to an operator's own code, and where (errors-config-ops.md 4.15).
 *
 * @param url http or https, without a slash at its end; the command is appended
 */
public record WebhookConfig(URI url, After userOnline, After userOffline, After userKickOff) {
  /**
   * One kind of event.
   *
   * @param timeout for the whole exchange
   */
  public record After(boolean enable, Duration timeout) {
    private static After from(Settings settings, String name) {
      String prefix = "webhooks." + name;
      Duration timeout = settings.duration(prefix + ".timeout", Duration.ofSeconds(5));
      if (!timeout.isPositive()) {
        throw new ConfigException(prefix + ".timeout must be longer than nothing");
      }
      return new After(settings.flag(prefix + ".enable", false), timeout);
    }
  }

  /**
   * Reads section {@code webhooks}.
   *
   * @throws ConfigException when the URL is not one of http or https
   */
  public static WebhookConfig from(Settings settings) {
    return new WebhookConfig(
        url(settings.text("webhooks.url", "http://127.0.0.1:10006/callbackExample")),
        After.from(settings, "afterUserOnline"),
        After.from(settings, "afterUserOffline"),
        After.from(settings, "afterUserKickOff"));
  }

  private static URI url(String text) {
    try {
      URI url = new URI(text.strip().replaceAll("/+$", ""));
      String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
      if ((scheme.equals("http") || scheme.equals("https"))
          && url.getHost() != null
          && url.getRawUserInfo() == null
          && url.getRawQuery() == null
          && url.getRawFragment() == null) {
        return url;
      }
    } catch (URISyntaxException e) {
      // reported below
    }
    // Not the text itself: whoever writes a password into a URL would find it in the log.
    throw new ConfigException(
        "webhooks.url must be a plain http or https URL without user, query and fragment");
  }
}
