package im.hongyan.stores.servers;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Hands the {@link StoreServers} of the test JVM to whoever asks for them. Stateless. */
public final class StoreServersExtension implements ParameterResolver {
  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == StoreServers.class;
  }

  @Override
  public StoreServers resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getStore(StoreScope.LAUNCHER_SESSION, Namespace.create(StoreServersExtension.class))
        .computeIfAbsent(
            StoreServers.class, ignored -> new StoreServers(System.getenv()), StoreServers.class);
  }
}
