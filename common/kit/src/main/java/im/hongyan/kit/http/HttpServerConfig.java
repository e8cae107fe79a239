package im.hongyan.kit.http;

import im.hongyan.kit.net.ClientAddresses;
import im.hongyan.kit.tls.ServerTls;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;

/**
 * Where an HTTP server listens and what it bears.
 *
 * @param memory what its clients may fill
 * @param tls closed by whoever opened it, after the server
 * @param clients distinguishes clients from proxies
 * @param maxConnections open at once; more are closed at once
 * @param maxConnectionsPerAddress likewise of one peer, but for those that {@code clients} exempts
 * @param requestTimeout within which a request that has begun must have arrived
 * @param compression of answers, for clients who ask for it
 */
public record HttpServerConfig(
    InetSocketAddress address,
    HttpMemory memory,
    Optional<ServerTls> tls,
    ClientAddresses clients,
    int maxConnections,
    int maxConnectionsPerAddress,
    Duration requestTimeout,
    Compression compression) {
  private static final int MOST_CONNECTIONS = 1_000;
  private static final Duration REQUEST = Duration.ofSeconds(30);

  /** A server without TLS and proxies, for few clients. */
  public static HttpServerConfig of(InetSocketAddress address, int maxBodyBytes) {
    return new HttpServerConfig(
        address,
        HttpMemory.small(maxBodyBytes),
        Optional.empty(),
        ClientAddresses.ofPeers(),
        MOST_CONNECTIONS,
        MOST_CONNECTIONS,
        REQUEST,
        Compression.DEFAULT);
  }
}
