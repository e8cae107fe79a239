package im.hongyan.kit.discovery;

import java.util.List;

/**
 * Where the processes of a service show their metrics. What was learnt stays usable while the
 * registry is away. Safe for use by several threads.
 */
@FunctionalInterface
public interface MetricsTargets {
  /** None where nothing is registered or there is no registry. */
  MetricsTargets NONE = _ -> List.of();

  /**
   * The processes as {@code host:port}, sorted.
   *
   * @param service label of a service, such as {@code rpc-msg}
   */
  List<String> of(String service);
}
