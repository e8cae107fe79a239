package im.hongyan.kit.discovery;

import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.Settings;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A fixed list instead of a registry: {@code discovery.static.msg: [host:port, …]}. A name may have
 * several addresses, as in Kubernetes. Where the instances of a service are called one by one
 * (gateway-ws), each entry is {@code node=host:port} with the node's own id. Immutable.
 */
public final class StaticRegistry implements ServiceRegistry {
  private static final String SECTION = "discovery.static.";

  private final Map<ServiceName, List<Instance>> instances;

  public StaticRegistry(Map<ServiceName, List<Instance>> instances) {
    this.instances = Map.copyOf(instances);
  }

  /**
   * Reads section {@code discovery.static}.
   *
   * @throws ConfigException when an entry is not an address
   */
  public static StaticRegistry from(Settings settings) {
    Map<ServiceName, List<Instance>> instances = new EnumMap<>(ServiceName.class);
    for (ServiceName service : ServiceName.values()) {
      List<Instance> found = new ArrayList<>();
      for (String entry : settings.list(SECTION + service.label(), List.of())) {
        found.add(parse(service, entry));
      }
      instances.put(service, List.copyOf(found));
    }
    return new StaticRegistry(instances);
  }

  private static Instance parse(ServiceName service, String entry) {
    int equals = entry.indexOf('=');
    String address = entry.substring(equals + 1);
    try {
      return Instance.at(equals < 0 ? address : entry.substring(0, equals), address);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          SECTION
              + service.label()
              + " must list host:port or node=host:port, not '"
              + entry
              + "'");
    }
  }

  @Override
  public void register(ServiceName service, Instance instance) {
    // The list is the operator's.
  }

  @Override
  public void watch(Consumer<Map<ServiceName, List<Instance>>> listener) {
    listener.accept(instances);
  }

  @Override
  public void withdraw() {
    // Nothing was registered.
  }

  @Override
  public void close() {
    // Nothing is held.
  }
}
