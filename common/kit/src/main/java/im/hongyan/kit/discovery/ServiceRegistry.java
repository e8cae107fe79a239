package im.hongyan.kit.discovery;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Where processes say what they serve and learn what others do (errors-config-ops.md 5.1). What was
 * learnt stays usable while the registry is away. Safe for use by several threads; its creator
 * closes it, which withdraws this process.
 */
public interface ServiceRegistry extends AutoCloseable {
  /**
   * Says that an instance serves a service, and keeps saying so until it is withdrawn.
   *
   * @throws im.hongyan.wire.error.ImException 500 with one clear line when the registry does not
   *     take it
   */
  void register(ServiceName service, Instance instance);

  /**
   * Reports who serves what, once before this returns and again after every change; the listener
   * must not block, and is called by one thread at a time.
   *
   * @throws im.hongyan.wire.error.ImException 500 with one clear line when the registry does not
   *     answer
   */
  void watch(Consumer<Map<ServiceName, List<Instance>>> listener);

  /** Takes back everything that this process registered; does nothing where nothing was. */
  void withdraw();

  @Override
  void close();
}
