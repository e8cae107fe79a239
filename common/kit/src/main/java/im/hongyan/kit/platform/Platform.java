package im.hongyan.kit.platform;

import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.lifecycle.Lifecycle;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;

/**
 * What a module needs of its surroundings, and what differs between one JVM and many processes.
 *
 * @param nodeId name of this process, unique in the deployment and stable over restarts
 */
public record Platform(
    String nodeId,
    InstantSource clock,
    MeterRegistry meters,
    ServiceLocator locator,
    Lifecycle lifecycle,
    Readiness readiness) {}
