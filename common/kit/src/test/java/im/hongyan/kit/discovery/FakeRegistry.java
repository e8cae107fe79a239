package im.hongyan.kit.discovery;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** What several processes share in place of etcd; {@link #join} gives each its own registry. */
public final class FakeRegistry {
  private final Map<ServiceName, Map<String, Instance>> instances =
      new EnumMap<>(ServiceName.class);
  private final List<Consumer<Map<ServiceName, List<Instance>>>> listeners = new ArrayList<>();

  /** The registry of one more process. */
  public ServiceRegistry join() {
    return new Member();
  }

  /** Registers by hand. */
  public synchronized void put(ServiceName service, Instance instance) {
    instances.computeIfAbsent(service, s -> new TreeMap<>()).put(instance.nodeId(), instance);
    publish();
  }

  private synchronized void remove(ServiceName service, Instance instance) {
    instances.getOrDefault(service, new TreeMap<>()).remove(instance.nodeId(), instance);
    publish();
  }

  private void publish() {
    listeners.forEach(listener -> listener.accept(snapshot()));
  }

  private Map<ServiceName, List<Instance>> snapshot() {
    Map<ServiceName, List<Instance>> snapshot = new EnumMap<>(ServiceName.class);
    instances.forEach((service, nodes) -> snapshot.put(service, List.copyOf(nodes.values())));
    return snapshot;
  }

  private final class Member implements ServiceRegistry {
    private record Own(ServiceName service, Instance instance) {}

    private final List<Own> own = new ArrayList<>();

    @Override
    public void register(ServiceName service, Instance instance) {
      own.add(new Own(service, instance));
      put(service, instance);
    }

    @Override
    public void watch(Consumer<Map<ServiceName, List<Instance>>> listener) {
      synchronized (FakeRegistry.this) {
        listeners.add(listener);
        listener.accept(snapshot());
      }
    }

    @Override
    public void withdraw() {
      own.forEach(mine -> remove(mine.service(), mine.instance()));
      own.clear();
    }

    @Override
    public void close() {
      withdraw();
    }
  }
}
