package im.hongyan.kit.discovery;

import io.grpc.Channel;
import io.grpc.ServerServiceDefinition;
import java.util.List;
import java.util.Map;

/**
 * Finds services and lets them be found. Safe for use by several threads; its creator closes it.
 */
public interface ServiceLocator extends AutoCloseable {
  /** A channel to any instance of a service; usable before the service is there. */
  Channel channel(ServiceName service);

  /** A channel to each instance of a service that is there now, by node id. */
  Map<String, Channel> nodes(ServiceName service);

  /** Serves these gRPC services under a name until the locator is closed. */
  void serve(ServiceName service, List<ServerServiceDefinition> definitions);

  /**
   * Lets no more calls reach this process and waits, within seconds, for those in flight; before
   * the parts behind its services stop.
   */
  void withdraw();

  @Override
  void close();
}
