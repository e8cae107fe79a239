package im.hongyan.server;

import im.hongyan.gatewayhttp.Operations;
import im.hongyan.kit.config.ConfigCentre;
import im.hongyan.kit.discovery.MetricsTargets;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.lifecycle.Lifecycle;
import im.hongyan.kit.metrics.ManagementEndpoints;
import im.hongyan.kit.service.Readiness;
import im.hongyan.kit.service.ServiceContext;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A process of the system with one role or all of them. Its creator closes it, which stops
 * everything in reverse order.
 */
public final class ServerProcess implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServerProcess.class);
  private static final long LOOK_AGAIN_NANOS = 20_000_000;

  private final Lifecycle lifecycle;
  private final ServiceContext context;
  private final Stores stores;
  private final ManagementEndpoints managementEndpoints;
  private final ConfigCentre centre;
  private final MetricsTargets targets;
  private final Map<String, Integer> ports = new ConcurrentSkipListMap<>();
  private final Map<String, ListenAddress> addresses = new ConcurrentHashMap<>();
  private volatile boolean started;

  /**
   * Prepares a process; starts nothing.
   *
   * @param nodeId name of the process, stable over restarts
   * @param lifecycle closed by this process
   * @param centre settings for administrators
   * @param targets where all processes show their metrics
   * @param preparation whether it brings tables and topics up to date itself
   */
  public ServerProcess(
      StoresConfig storesConfig,
      String nodeId,
      ServiceLocator locator,
      Lifecycle lifecycle,
      ConfigCentre centre,
      MetricsTargets targets,
      Stores.Preparation preparation) {
    this.lifecycle = lifecycle;
    this.centre = centre;
    this.targets = targets;
    PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    new JvmMemoryMetrics().bindTo(meters);
    new JvmThreadMetrics().bindTo(meters);
    new ProcessorMetrics().bindTo(meters);
    lifecycle.add("gc meters", bound(meters));
    lifecycle.add("locator", locator);
    Readiness readiness = new Readiness();
    readiness.add("start", () -> started);
    managementEndpoints = new ManagementEndpoints(meters, readiness);
    context =
        new ServiceContext(nodeId, InstantSource.system(), meters, locator, lifecycle, readiness);
    stores = new Stores(storesConfig, context, preparation);
  }

  private static JvmGcMetrics bound(PrometheusMeterRegistry meters) {
    JvmGcMetrics gc = new JvmGcMetrics();
    gc.bindTo(meters);
    return gc;
  }

  /** Starts the parts in order; ready once all have started. */
  public void start(List<Role.Starter> parts) {
    parts.forEach(part -> part.start(this));
    started = true;
  }

  /**
   * Waits until every part is ready; after the limit it says which are not, and goes on.
   *
   * @throws IllegalStateException when interrupted
   */
  public void awaitReady(Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!context.readiness().ready()) {
      if (System.nanoTime() - deadline > 0) {
        LOG.warn("not ready after {}: {}", limit, context.readiness().states());
        return;
      }
      LockSupport.parkNanos(LOOK_AGAIN_NANOS);
      if (Thread.currentThread().isInterrupted()) {
        throw new IllegalStateException("interrupted");
      }
    }
  }

  ServiceContext platform() {
    return context;
  }

  public Stores stores() {
    return stores;
  }

  ManagementEndpoints managementEndpoints() {
    return managementEndpoints;
  }

  Operations operations() {
    return new Operations(managementEndpoints, centre, targets);
  }

  void serves(String name, int port) {
    ports.put(name, port);
  }

  void serves(String name, ListenAddress address) {
    serves(name, address.port());
    addresses.put(name, address);
  }

  /** The address of {@code ws} or {@code api}, as bound. */
  public ListenAddress address(String name) {
    return Objects.requireNonNull(addresses.get(name), "not served");
  }

  /** Every port that is served, by name. */
  Map<String, Integer> ports() {
    return Collections.unmodifiableMap(ports);
  }

  /** The port of {@code ws}, {@code api}, {@code rpc} or {@code ops}. */
  public int port(String name) {
    Integer port = ports.get(name);
    if (port == null) {
      throw new IllegalStateException("this process does not serve " + name);
    }
    return port;
  }

  @Override
  public void close() {
    started = false;
    lifecycle.drain();
    context.locator().withdraw();
    lifecycle.close();
  }
}
