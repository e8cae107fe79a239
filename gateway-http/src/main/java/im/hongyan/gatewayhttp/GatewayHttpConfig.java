package im.hongyan.gatewayhttp;

import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.Live;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.config.ShareConfig;
import im.hongyan.kit.http.Compression;
import im.hongyan.kit.http.HttpMemory;
import im.hongyan.kit.net.ClientAddresses;
import im.hongyan.kit.tls.TlsFiles;
import java.time.Duration;
import java.util.Optional;

/**
 * Settings of the HTTP gateway.
 *
 * @param openApi where the OpenAPI document and its page are served
 * @param compression of answers, for clients who ask for it
 */
public record GatewayHttpConfig(
    ShareConfig share,
    String listen,
    int port,
    Optional<TlsFiles> tls,
    Limits limits,
    OpenApi openApi,
    Compression compression) {
  private static final String SECTION = "gateway.http";

  /** Where the OpenAPI document and its page are served. */
  public enum OpenApi {
    /** Where the gateway listens on loopback alone. */
    LOOPBACK,
    /** Everywhere. */
    ON,
    /** Nowhere. */
    OFF;

    private static OpenApi from(Settings settings) {
      String key = SECTION + ".openapi";
      String text = settings.text(key, "loopback");
      for (OpenApi one : values()) {
        if (one.name().equalsIgnoreCase(text)) {
          return one;
        }
      }
      throw new ConfigException(key + " must be loopback, on or off, not '" + text + "'");
    }

    /** Whether they are served by a gateway that listens on loopback, or beyond. */
    boolean isServed(boolean loopback) {
      return this == ON || (this == LOOPBACK && loopback);
    }
  }

  /**
   * What the gateway bears of its clients.
   *
   * @param clients distinguishes clients from trusted proxies
   * @param secretGuessesPerMinute wrong secrets from one address
   * @param requestTimeout within which a request that has begun must have arrived
   * @param rates how often they may ask
   */
  public record Limits(
      ClientAddresses clients,
      HttpMemory memory,
      int maxConnections,
      int maxConnectionsPerAddress,
      Live<Integer> secretGuessesPerMinute,
      Duration requestTimeout,
      Live<RequestRates.Rates> rates) {
    private static Limits from(Settings settings) {
      Duration timeout = settings.duration(SECTION + ".requestTimeout", Duration.ofSeconds(30));
      if (!timeout.isPositive()) {
        throw new ConfigException(SECTION + ".requestTimeout must be longer than nothing");
      }
      return new Limits(
          ClientAddresses.from(settings, SECTION),
          memory(settings),
          settings.number(SECTION + ".maxConnections", 20_000, 1, 1_000_000),
          settings.number(SECTION + ".maxConnectionsPerAddress", 2_000, 1, 1_000_000),
          settings.live(from -> from.number(SECTION + ".secretGuessesPerMinute", 30, 1, 1_000_000)),
          timeout,
          settings.live(from -> RequestRates.Rates.from(from, SECTION)));
    }

    /** So that one body of the largest size always fits. */
    private static HttpMemory memory(Settings settings) {
      int body = settings.number(SECTION + ".maxBodyBytes", 8_388_608, 1_024, 16_777_216);
      int least = 2 * body;
      int unfinished =
          settings.number(
              SECTION + ".maxUnfinishedBytes", Math.max(67_108_864, least), least, 1 << 30);
      return new HttpMemory(
          body,
          unfinished,
          settings.number(
              SECTION + ".maxUnfinishedBytesPerAddress",
              Math.min(unfinished, Math.max(33_554_432, least)),
              least,
              unfinished),
          settings.number(SECTION + ".maxBufferBytes", 33_554_432, 4_194_304, 1 << 30));
    }
  }

  /** Reads section {@code gateway.http}. */
  public static GatewayHttpConfig from(Settings settings) {
    return new GatewayHttpConfig(
        ShareConfig.from(settings),
        settings.text(SECTION + ".listen", "127.0.0.1"),
        settings.number(SECTION + ".port", 10002, 0, 65_535),
        TlsFiles.from(settings, SECTION),
        Limits.from(settings),
        OpenApi.from(settings),
        Compression.of(settings.number(SECTION + ".compressionLevel", 0, -1, 2)));
  }
}
