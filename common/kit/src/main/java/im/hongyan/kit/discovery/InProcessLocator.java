package im.hongyan.kit.discovery;

import im.hongyan.kit.rpc.RpcChannels;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Everything in one JVM: calls pass as objects, without a socket. */
public final class InProcessLocator implements ServiceLocator {
  private final String prefix = UUID.randomUUID().toString();
  private final String nodeId;
  private final ExecutorService handlers = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<ServiceName, ManagedChannel> channels = new EnumMap<>(ServiceName.class);
  private final Map<ServiceName, Server> servers = new ConcurrentHashMap<>();

  /** A locator whose only node has this id. */
  public InProcessLocator(String nodeId) {
    this.nodeId = nodeId;
  }

  @Override
  public synchronized Channel channel(ServiceName service) {
    ManagedChannel channel =
        channels.computeIfAbsent(
            service,
            name ->
                InProcessChannelBuilder.forName(prefix + name)
                    .directExecutor()
                    .intercept(RpcChannels.interceptors())
                    .build());
    return channel;
  }

  @Override
  public Map<String, Channel> nodes(ServiceName service) {
    return servers.containsKey(service) ? Map.of(nodeId, channel(service)) : Map.of();
  }

  @Override
  public void serve(ServiceName service, List<ServerServiceDefinition> definitions) {
    InProcessServerBuilder builder =
        InProcessServerBuilder.forName(prefix + service).executor(handlers);
    definitions.forEach(builder::addService);
    try {
      servers.put(service, builder.build().start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void withdraw() {
    // The callers are parts of this process and stop first.
  }

  @Override
  public synchronized void close() {
    new ArrayList<>(channels.values()).forEach(ManagedChannel::shutdownNow);
    servers.values().forEach(Server::shutdownNow);
    handlers.shutdownNow();
  }
}
