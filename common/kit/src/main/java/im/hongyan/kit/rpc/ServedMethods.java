package im.hongyan.kit.rpc;

import io.grpc.HandlerRegistry;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The methods of a server, which may grow while it listens. Safe for use by several threads. */
final class ServedMethods extends HandlerRegistry {
  private final Map<String, ServerMethodDefinition<?, ?>> byName = new ConcurrentHashMap<>();

  void add(ServerServiceDefinition service) {
    service
        .getMethods()
        .forEach(method -> byName.put(method.getMethodDescriptor().getFullMethodName(), method));
  }

  @Override
  public @Nullable ServerMethodDefinition<?, ?> lookupMethod(
      String methodName, @Nullable String authority) {
    return byName.get(methodName);
  }
}
