package im.hongyan.kit.discovery;

import im.hongyan.kit.config.Secret;
import im.hongyan.kit.rpc.RpcConfig;
import im.hongyan.kit.rpc.TcpTransport;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.NameResolverRegistry;
import io.grpc.ServerServiceDefinition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Processes that find each other through a registry and call each other over TCP. Instances of a
 * service take turns; a call with a deadline waits for a broken connection to come back, a stream
 * fails at once, and so does every call while no instance is registered. Safe for use by several
 * threads; its creator closes it, which closes the registry too.
 */
public final class NetworkLocator implements ServiceLocator {
  private static final Duration DRAIN = Duration.ofSeconds(10);

  /** gRPC alone would wait up to two minutes before it tries a broken connection again. */
  private static final Duration RECONNECT = Duration.ofSeconds(1);

  private final String nodeId;
  private final RpcConfig config;
  private final ServiceRegistry registry;
  private final TcpTransport transport;
  private final Directory directory = new Directory();
  private final DirectoryResolvers resolvers;
  private final Map<Target, ManagedChannel> channels = new HashMap<>();
  private boolean closed;

  /** A service, or one of its nodes. */
  private record Target(ServiceName service, @Nullable String nodeId) {}

  /**
   * Begins to watch the registry.
   *
   * @param nodeId name of this process
   * @param secret {@code share.secret}
   * @param registry closed by this locator
   * @throws im.hongyan.wire.error.ImException 500 with one clear line when the registry does not
   *     answer
   */
  public NetworkLocator(String nodeId, RpcConfig config, Secret secret, ServiceRegistry registry) {
    this.nodeId = nodeId;
    this.config = config;
    this.registry = registry;
    registry.watch(directory::update);
    transport = new TcpTransport(config, secret);
    resolvers = new DirectoryResolvers(directory, transport.handlers());
    NameResolverRegistry.getDefaultRegistry().register(resolvers);
    directory.add(this::reconnect);
    transport.every(RECONNECT, this::reconnect);
  }

  @Override
  public Channel channel(ServiceName service) {
    return open(new Target(service, null));
  }

  /** The channels stay the node's over restarts, wherever it comes back. */
  @Override
  public Map<String, Channel> nodes(ServiceName service) {
    Map<String, Channel> nodes = new LinkedHashMap<>();
    for (Instance instance : directory.of(service)) {
      nodes.put(instance.nodeId(), open(new Target(service, instance.nodeId())));
    }
    return nodes;
  }

  private synchronized Channel open(Target target) {
    if (closed) {
      throw new IllegalStateException("the locator is closed");
    }
    return channels.computeIfAbsent(
        target,
        wanted -> {
          String node = wanted.nodeId();
          return node == null
              ? transport.channel(
                  resolvers.target(wanted.service()),
                  "round_robin",
                  waiting(() -> !directory.of(wanted.service()).isEmpty()))
              : transport.channel(
                  resolvers.target(wanted.service(), node),
                  "pick_first",
                  waiting(() ->
                      directory.of(wanted.service()).stream()
                          .anyMatch(instance -> instance.nodeId().equals(node))));
        });
  }

  /** Lets calls that end by themselves wait for a connection, as long as there is somebody. */
  private static ClientInterceptor waiting(BooleanSupplier present) {
    return new ClientInterceptor() {
      @Override
      public <A, B> ClientCall<A, B> interceptCall(
          MethodDescriptor<A, B> method, CallOptions options, Channel next) {
        boolean waits = options.getDeadline() != null && present.getAsBoolean();
        return next.newCall(method, waits ? options.withWaitForReady() : options);
      }
    };
  }

  private void reconnect() {
    List<ManagedChannel> open;
    synchronized (this) {
      open = List.copyOf(channels.values());
    }
    open.forEach(ManagedChannel::resetConnectBackoff);
  }

  @Override
  public void serve(ServiceName service, List<ServerServiceDefinition> definitions) {
    int port = transport.serve(definitions);
    registry.register(service, new Instance(nodeId, config.advertise(), port));
  }

  /** The port that this process serves on; empty while it serves nothing. */
  public OptionalInt port() {
    return transport.port();
  }

  @Override
  public void withdraw() {
    registry.withdraw();
    transport.drain(DRAIN);
  }

  @Override
  public void close() {
    List<ManagedChannel> open;
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
      open = new ArrayList<>(channels.values());
    }
    withdraw();
    registry.close();
    open.forEach(ManagedChannel::shutdownNow);
    NameResolverRegistry.getDefaultRegistry().deregister(resolvers);
    transport.close();
  }
}
