package im.hongyan.kit.discovery;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;

/**
 * What the registry reported last, and the listeners to changes. Safe for use by several threads.
 */
final class Directory {
  private volatile Map<ServiceName, List<Instance>> instances = Map.of();
  private final Set<Runnable> listeners = new CopyOnWriteArraySet<>();

  void update(Map<ServiceName, List<Instance>> reported) {
    instances = Map.copyOf(reported);
    listeners.forEach(Runnable::run);
  }

  List<Instance> of(ServiceName service) {
    return instances.getOrDefault(service, List.of());
  }

  /** Runs the listener after each change; it must not block. */
  void add(Runnable listener) {
    listeners.add(listener);
  }

  void remove(Runnable listener) {
    listeners.remove(listener);
  }
}
