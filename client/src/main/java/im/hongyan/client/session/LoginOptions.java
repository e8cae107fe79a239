package im.hongyan.client.session;

import im.hongyan.wire.id.Platform;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * How a user connects (websocket.md 1.2).
 *
 * @param gateway address such as {@code ws://127.0.0.1:10001}
 * @param token login token of the user for the platform
 * @param encoding envelope encoding and compression
 * @param requestTimeout how long an answer is waited for; official clients wait 10 s
 */
public record LoginOptions(
    URI gateway,
    String userId,
    Platform platform,
    String token,
    Encoding encoding,
    Duration requestTimeout) {

  /** The encodings a client may choose. */
  public enum Encoding {
    /** What official SDKs speak. */
    GOB_GZIP("&compression=gzip", true),
    GOB("", false),
    JSON("&sdkType=js", false),
    JSON_GZIP("&sdkType=js&compression=gzip", true);

    private final String query;
    private final boolean gzip;

    Encoding(String query, boolean gzip) {
      this.query = query;
      this.gzip = gzip;
    }

    boolean gzip() {
      return gzip;
    }

    boolean json() {
      return this == JSON || this == JSON_GZIP;
    }
  }

  /** Gob, gzip and ten seconds, as official SDKs have it. */
  public static LoginOptions sdk(URI gateway, String userId, Platform platform, String token) {
    return new LoginOptions(
        gateway, userId, platform, token, Encoding.GOB_GZIP, Duration.ofSeconds(10));
  }

  /** The same login with another encoding. */
  public LoginOptions with(Encoding other) {
    return new LoginOptions(gateway, userId, platform, token, other, requestTimeout);
  }

  /** The address to connect to, arguments in the plain query form. */
  URI address(String operationId) {
    return URI.create(
        gateway
            + (gateway.getRawQuery() == null ? "?" : "&")
            + "sendID="
            + escape(userId)
            + "&token="
            + escape(token)
            + "&platformID="
            + platform.number()
            + "&operationID="
            + escape(operationId)
            + "&isBackground=false&sdkVersion=hongyan"
            + encoding.query);
  }

  private static String escape(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
