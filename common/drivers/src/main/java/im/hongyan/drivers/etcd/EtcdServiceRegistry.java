package im.hongyan.drivers.etcd;

import im.hongyan.kit.discovery.Instance;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.discovery.ServiceRegistry;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registrations in etcd: key {@code services/<service>/<node id>}, value the format's version and
 * {@code host:port}, under the lease of the process. Safe for use by several threads; its creator
 * closes it, which closes etcd's client too where it made it.
 */
public final class EtcdServiceRegistry implements ServiceRegistry {
  private static final Logger LOG = LoggerFactory.getLogger(EtcdServiceRegistry.class);
  private static final String BELOW = "services/";
  private static final String VERSION = "1 ";

  private final Etcd etcd;
  private final boolean ownsEtcd;
  private final List<AutoCloseable> watches = new CopyOnWriteArrayList<>();

  /**
   * Connects.
   *
   * @throws im.hongyan.wire.error.ImException 500 with one clear line when no member answers
   */
  public EtcdServiceRegistry(EtcdConfig config) {
    etcd = Etcd.open(config);
    ownsEtcd = true;
  }

  /** Over a connection that others use as well; its creator closes it after this registry. */
  public EtcdServiceRegistry(Etcd etcd) {
    this.etcd = etcd;
    ownsEtcd = false;
  }

  @Override
  public void register(ServiceName service, Instance instance) {
    String key = BELOW + service.label() + "/" + instance.nodeId();
    String before = etcd.list(key).values().get(key);
    String value = VERSION + instance.address();
    if (before != null && !before.equals(value)) {
      LOG.warn(
          "{} is registered at {} already; if that is no earlier run of this process, give each its"
              + " own --node",
          instance.nodeId(),
          before.substring(before.indexOf(' ') + 1));
    }
    etcd.register(key, value);
  }

  @Override
  public void watch(Consumer<Map<ServiceName, List<Instance>>> listener) {
    watches.add(etcd.watch(BELOW, values -> listener.accept(parse(values))));
  }

  private static Map<ServiceName, List<Instance>> parse(Map<String, String> values) {
    Map<ServiceName, List<Instance>> instances = new EnumMap<>(ServiceName.class);
    values.forEach((key, value) -> {
      String name = key.substring(BELOW.length());
      int slash = name.indexOf('/');
      try {
        if (slash < 0 || !value.startsWith(VERSION)) {
          throw new IllegalArgumentException("not of this version");
        }
        instances
            .computeIfAbsent(ServiceName.of(name.substring(0, slash)), service -> new ArrayList<>())
            .add(Instance.at(name.substring(slash + 1), value.substring(VERSION.length())));
      } catch (IllegalArgumentException e) {
        LOG.warn("registration {} is passed over: {}", key, e.getMessage());
      }
    });
    return instances;
  }

  @Override
  public void withdraw() {
    etcd.withdraw();
  }

  @Override
  public void close() {
    for (AutoCloseable watch : watches) {
      try {
        watch.close();
      } catch (Exception e) {
        LOG.warn("stopping to watch etcd failed", e);
      }
    }
    if (ownsEtcd) {
      etcd.close();
    }
  }
}
