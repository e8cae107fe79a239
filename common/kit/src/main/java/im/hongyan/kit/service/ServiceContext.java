package im.hongyan.kit.service;

import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.lifecycle.Lifecycle;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;

/**
 * What a module needs of its dependencies, and what differs between one JVM and many processes.
 *
 * @param nodeId name of this process, unique in the deployment and stable over restarts
 */
public record ServiceContext(
    String nodeId,
    InstantSource clock,
    MeterRegistry meters,
    ServiceLocator locator,
    Lifecycle lifecycle,
    Readiness readiness) {}
