package im.hongyan.kit.discovery;

import io.grpc.NameResolver;
import io.grpc.NameResolverProvider;
import java.net.SocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/**
 * Makes gRPC look names up in one directory, under a scheme of its own: {@code hongyan-1:///msg}
 * for all instances of a service, {@code hongyan-1:///msg/node} for one.
 */
final class DirectoryResolvers extends NameResolverProvider {
  private static final AtomicLong COUNT = new AtomicLong();
  private static final int PRIORITY = 5;

  private final String scheme = "hongyan-" + COUNT.incrementAndGet();
  private final Directory directory;
  private final Executor lookups;

  DirectoryResolvers(Directory directory, Executor lookups) {
    this.directory = directory;
    this.lookups = lookups;
  }

  String target(ServiceName service) {
    return scheme + ":///" + service.label();
  }

  String target(ServiceName service, String nodeId) {
    return target(service) + "/" + URLEncoder.encode(nodeId, StandardCharsets.UTF_8);
  }

  @Override
  public NameResolver newNameResolver(URI target, NameResolver.Args args) {
    List<String> parts = List.of(target.getRawPath().substring(1).split("/", 2));
    ServiceName service = ServiceName.of(parts.getFirst());
    Supplier<List<Instance>> wanted = () -> directory.of(service);
    if (parts.size() > 1) {
      String nodeId = URLDecoder.decode(parts.get(1), StandardCharsets.UTF_8);
      wanted =
          () ->
              directory.of(service).stream()
                  .filter(instance -> instance.nodeId().equals(nodeId))
                  .toList();
    }
    return new DirectoryResolver(
        service.label(), directory, wanted, args.getSynchronizationContext(), lookups);
  }

  @Override
  public String getDefaultScheme() {
    return scheme;
  }

  @Override
  protected boolean isAvailable() {
    return true;
  }

  @Override
  protected int priority() {
    return PRIORITY;
  }

  @Override
  public Collection<Class<? extends SocketAddress>> getProducedSocketAddressTypes() {
    return Set.of(java.net.InetSocketAddress.class);
  }
}
