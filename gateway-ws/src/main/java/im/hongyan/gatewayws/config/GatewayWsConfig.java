package im.hongyan.gatewayws.config;

import im.hongyan.gatewayws.connection.LargeRequests;
import im.hongyan.gatewayws.connection.Timeouts;
import im.hongyan.gatewayws.connection.WaitingBytes;
import im.hongyan.gatewayws.presence.Subscriptions;
import im.hongyan.kit.config.Live;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.config.ShareConfig;
import im.hongyan.kit.limit.ByteRate;
import im.hongyan.kit.limit.RateLimit;
import im.hongyan.kit.net.ClientAddresses;
import im.hongyan.kit.tls.TlsFiles;
import im.hongyan.webhooks.WebhookConfig;
import java.time.Duration;
import java.util.Optional;

/**
 * Settings of the WebSocket gateway.
 *
 * @param answerWait how long a caller's own copy of what his REST call causes waits for the answer
 * @param drain over how long the connections are closed when the gateway stops
 * @param addresses which proxies may forward a client's address
 */
public record GatewayWsConfig(
    ShareConfig share,
    String listen,
    int port,
    Limits limits,
    Timeouts timeouts,
    Duration answerWait,
    Duration drain,
    ClientAddresses addresses,
    Optional<TlsFiles> tls,
    Live<WebhookConfig> webhooks) {
  private static final String PREFIX = "gateway.ws";

  /**
   * What is bounded.
   *
   * @param connections of this node
   * @param perUser connections of a user at this node
   * @param perAddress connections of a client's address at this node
   * @param frameBytes a message on the wire, all fragments together
   * @param inflatedBytes a message after gunzip
   * @param queuedBytes what may wait for a client before pushes are thinned out
   * @param requests of a connection
   * @param subscriptions users whom connections may watch
   * @param waitingBytes requests of one connection that wait, beyond which it is not read on
   * @param waiting what may wait for clients and from them
   * @param large bytes of requests, once they are inflated
   * @param bufferBytes direct memory for sockets
   * @param concurrentRequests that are being answered
   * @param concurrentHandshakes that are being answered
   * @param halfOpen connections without an answered handshake
   * @param halfOpenPerAddress of them from one address
   */
  public record Limits(
      int connections,
      int perUser,
      int perAddress,
      int frameBytes,
      int inflatedBytes,
      int queuedBytes,
      Live<RateLimit.Rate> requests,
      Subscriptions.Most subscriptions,
      int waitingBytes,
      WaitingBytes.Most waiting,
      LargeRequests.Most large,
      int bufferBytes,
      int concurrentRequests,
      int concurrentHandshakes,
      int halfOpen,
      int halfOpenPerAddress) {
    private static final int MIB = 1 << 20;
    private static final int GIB = 1 << 30;

    /** Twice as many at once. */
    private static ByteRate.Rate rate(int bytesPerSecond) {
      return new ByteRate.Rate(bytesPerSecond, 2L * bytesPerSecond);
    }

    private static RateLimit.Rate requests(Settings settings) {
      return RateLimit.Rate.perSecond(
          settings.number(PREFIX + ".requestsPerSecond", 1_000, 1, 1_000_000),
          settings.number(PREFIX + ".requestBurst", 2_000, 1, 1_000_000));
    }

    private static Limits from(Settings settings) {
      return new Limits(
          settings.number(PREFIX + ".maxConnections", 100_000, 1, 10_000_000),
          settings.number(PREFIX + ".maxConnectionsPerUser", 100, 1, 100_000),
          settings.number(PREFIX + ".maxConnectionsPerAddress", 5_000, 1, 10_000_000),
          settings.number(PREFIX + ".maxFrameBytes", 51_200, 51_200, 16_777_216),
          settings.number(PREFIX + ".maxInflatedBytes", 1_048_576, 51_200, 16_777_216),
          settings.number(PREFIX + ".maxQueuedBytes", 1_048_576, 65_536, 67_108_864),
          settings.live(Limits::requests),
          new Subscriptions.Most(
              settings.number(PREFIX + ".maxSubscriptions", 1_000, 1, 1_000_000),
              settings.number(PREFIX + ".maxSubscriptionsPerUser", 20_000, 1, 100_000_000),
              settings.number(PREFIX + ".maxSubscriptionsInAll", 500_000, 1, 100_000_000)),
          settings.number(PREFIX + ".maxWaitingBytes", 65_536, 1, 67_108_864),
          new WaitingBytes.Most(
              settings.number(PREFIX + ".maxWaitingBytesInAll", 64 * MIB, MIB, 2_000 * MIB),
              settings.number(PREFIX + ".maxWaitingBytesPerUser", 8 * MIB, MIB, 2_000 * MIB),
              settings.number(PREFIX + ".maxWaitingBytesPerAddress", 32 * MIB, MIB, 2_000 * MIB)),
          new LargeRequests.Most(
              rate(settings.number(PREFIX + ".requestBytesPerSecondPerUser", 2 * MIB, 1, GIB)),
              rate(settings.number(PREFIX + ".requestBytesPerSecondInAll", 8 * MIB, 1, GIB))),
          settings.number(PREFIX + ".maxBufferBytes", 96 * MIB, 8 * MIB, 2_000 * MIB),
          settings.number(PREFIX + ".maxConcurrentRequests", 10_000, 1, 1_000_000),
          settings.number(PREFIX + ".maxConcurrentHandshakes", 2_000, 1, 1_000_000),
          settings.number(PREFIX + ".maxHalfOpen", 4_000, 1, 10_000_000),
          settings.number(PREFIX + ".maxHalfOpenPerAddress", 500, 1, 10_000_000));
    }
  }

  /** Reads section {@code gateway.ws}. */
  public static GatewayWsConfig from(Settings settings) {
    return new GatewayWsConfig(
        ShareConfig.from(settings),
        settings.text(PREFIX + ".listen", "127.0.0.1"),
        settings.number(PREFIX + ".port", 10001, 0, 65_535),
        Limits.from(settings),
        new Timeouts(
            settings.duration(PREFIX + ".handshakeTimeout", Duration.ofSeconds(10)),
            settings.duration(PREFIX + ".readTimeout", Duration.ofSeconds(30)),
            settings.duration(PREFIX + ".writeTimeout", Duration.ofSeconds(10)),
            settings.duration(PREFIX + ".webPing", Duration.ofSeconds(27))),
        settings.duration(PREFIX + ".answerWait", Duration.ofMillis(200)),
        settings.duration(PREFIX + ".drain", Duration.ofSeconds(10)),
        ClientAddresses.from(settings, PREFIX),
        TlsFiles.from(settings, PREFIX),
        settings.live(WebhookConfig::from));
  }
}
