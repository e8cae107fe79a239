package im.hongyan.testkit.stores;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Hands the {@link TestStores} of the test JVM to whoever asks for them. Stateless. */
public final class TestStoresExtension implements ParameterResolver {
  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == TestStores.class;
  }

  @Override
  public TestStores resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getStore(StoreScope.LAUNCHER_SESSION, Namespace.create(TestStoresExtension.class))
        .computeIfAbsent(
            TestStores.class, ignored -> new TestStores(System.getenv()), TestStores.class);
  }
}
