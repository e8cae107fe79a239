package im.hongyan.gatewayhttp;

import im.hongyan.kit.discovery.MetricsTargets;
import im.hongyan.wire.json.JsonBuffer;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Where Prometheus finds the metrics of all processes (rest-message.md 10), as its HTTP service
 * discovery reads it. Several names of the reference are one process of ours. Safe for use by
 * several threads.
 */
final class PrometheusTargets {
  private static final byte[] NONE = JsonBuffer.ascii("[]");
  private static final byte[] BEGIN = JsonBuffer.ascii("[{\"targets\":");
  private static final byte[] END = JsonBuffer.ascii(",\"labels\":{\"namespace\":\"default\"}}]");

  private static final Map<String, String> SERVICES =
      Map.ofEntries(
          Map.entry("api", "gateway-http"),
          Map.entry("user", "rpc-relation"),
          Map.entry("group", "rpc-relation"),
          Map.entry("msg", "rpc-msg"),
          Map.entry("friend", "rpc-relation"),
          Map.entry("conversation", "rpc-relation"),
          Map.entry("third", "rpc-third"),
          Map.entry("auth", "rpc-auth"),
          Map.entry("push", "push-service"),
          Map.entry("msg_gateway", "gateway-ws"),
          Map.entry("msg_transfer", "msg-transfer"));

  private final MetricsTargets targets;

  PrometheusTargets(MetricsTargets targets) {
    this.targets = targets;
  }

  /** The routes by path. */
  Map<String, OpenRead> reads() {
    return SERVICES.entrySet().stream()
        .collect(
            Collectors.toUnmodifiableMap(
                name -> "/prometheus_discovery/" + name.getKey(),
                name -> () -> answer(targets.of(name.getValue()))));
  }

  private static byte[] answer(List<String> addresses) {
    if (addresses.isEmpty()) {
      return NONE.clone();
    }
    JsonBuffer out = new JsonBuffer(256).raw(BEGIN);
    char before = '[';
    for (String address : addresses) {
      out.raw(before).string(address);
      before = ',';
    }
    return out.raw(']').raw(END).toByteArray();
  }
}
