package im.hongyan.kit.discovery;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.Status;
import io.grpc.StatusOr;
import io.grpc.SynchronizationContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives a channel the addresses of the instances that the directory knows, again after each change
 * and whenever gRPC asks because a connection broke. Names are looked up on a virtual thread, one
 * lookup at a time; gRPC is notified in its own synchronization context.
 */
final class DirectoryResolver extends NameResolver {
  private final String service;
  private final Directory directory;
  private final Supplier<List<Instance>> wanted;
  private final SynchronizationContext sync;
  private final Executor lookups;
  private final Runnable onChange = this::refresh;
  private final AtomicBoolean asked = new AtomicBoolean();
  private @Nullable Listener2 listener;
  private @Nullable Found published;

  /**
   * What a lookup found.
   *
   * @param unknown names without an address
   */
  private record Found(List<EquivalentAddressGroup> addresses, Set<String> unknown) {
    StatusOr<List<EquivalentAddressGroup>> result(String service) {
      if (!addresses.isEmpty()) {
        return StatusOr.fromValue(addresses);
      }
      String why = unknown.isEmpty() ? " is registered" : " is known by name " + unknown;
      return StatusOr.fromStatus(
          Status.UNAVAILABLE.withDescription("no instance of " + service + why));
    }
  }

  DirectoryResolver(
      String service,
      Directory directory,
      Supplier<List<Instance>> wanted,
      SynchronizationContext sync,
      Executor lookups) {
    this.service = service;
    this.directory = directory;
    this.wanted = wanted;
    this.sync = sync;
    this.lookups = lookups;
  }

  @Override
  public String getServiceAuthority() {
    return service;
  }

  @Override
  public void start(Listener2 listener) {
    this.listener = listener;
    directory.add(onChange);
    refresh();
  }

  @Override
  public void refresh() {
    if (asked.compareAndSet(false, true)) {
      lookups.execute(this::resolve);
    }
  }

  private synchronized void resolve() {
    asked.set(false);
    Set<String> unknown = new TreeSet<>();
    List<EquivalentAddressGroup> addresses = new ArrayList<>();
    for (Instance instance : wanted.get()) {
      try {
        Arrays.stream(InetAddress.getAllByName(instance.host()))
            .map(address -> new InetSocketAddress(address, instance.port()))
            .map(EquivalentAddressGroup::new)
            .forEach(addresses::add);
      } catch (UnknownHostException e) {
        unknown.add(instance.host());
      }
    }
    sync.execute(() -> publish(new Found(addresses, unknown)));
  }

  /** Once only: gRPC asks again every second while it has no connection, and logs each failure. */
  private void publish(Found found) {
    Listener2 subscriber = listener;
    if (subscriber == null || found.equals(published)) {
      return;
    }
    published = found;
    subscriber.onResult2(
        ResolutionResult.newBuilder().setAddressesOrError(found.result(service)).build());
  }

  @Override
  public void shutdown() {
    directory.remove(onChange);
    listener = null;
  }
}
