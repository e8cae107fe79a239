package im.hongyan.server;

import im.hongyan.drivers.etcd.Etcd;
import im.hongyan.kit.discovery.MetricsTargets;
import im.hongyan.wire.json.GoJson;
import im.hongyan.wire.json.GoJsonException;
import im.hongyan.wire.json.JsonValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where processes show their metrics, in etcd (errors-config-ops.md 5.2): key {@code
 * prometheus_discovery/SERVICE/NODE}, value {@code {"target":"host:port","labels":{…}}}, under the
 * lease of the process. What was learnt stays in use while etcd is away. Safe for use by several
 * threads; its creator closes it before the connection.
 */
final class EtcdMetricsTargets implements MetricsTargets, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EtcdMetricsTargets.class);
  private static final String BELOW = "prometheus_discovery/";

  private final AutoCloseable watch;
  private volatile Map<String, List<String>> known = Map.of();

  /** Begins to follow. */
  EtcdMetricsTargets(Etcd etcd) {
    watch = etcd.watch(BELOW, this::take);
  }

  /** Says where a process shows its metrics, as long as it lives. */
  static void register(Etcd etcd, Role role, String nodeId, String target) {
    etcd.register(
        BELOW + role.label() + "/" + nodeId,
        "{\"target\":" + GoJson.quote(target) + ",\"labels\":{\"namespace\":\"default\"}}");
  }

  private void take(Map<String, String> values) {
    Map<String, List<String>> found = new TreeMap<>();
    values.forEach((key, json) -> {
      String name = key.substring(BELOW.length());
      int slash = name.indexOf('/');
      Optional<String> target = target(json);
      if (slash > 0 && target.isPresent()) {
        found.computeIfAbsent(name.substring(0, slash), _ -> new ArrayList<>()).add(target.get());
      } else {
        LOG.warn("{} in etcd is passed over: it names no target", key);
      }
    });
    found.values().forEach(Collections::sort);
    known = Map.copyOf(found);
  }

  private static Optional<String> target(String json) {
    try {
      return JsonValue.member(json.getBytes(StandardCharsets.UTF_8), "target")
          .filter(JsonValue.Text.class::isInstance)
          .map(text -> ((JsonValue.Text) text).value());
    } catch (GoJsonException e) {
      return Optional.empty();
    }
  }

  @Override
  public List<String> of(String service) {
    return known.getOrDefault(service, List.of());
  }

  @Override
  public void close() {
    try {
      watch.close();
    } catch (Exception e) {
      LOG.warn("stopping to watch etcd failed", e);
    }
  }
}
