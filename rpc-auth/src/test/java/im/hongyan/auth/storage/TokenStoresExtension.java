package im.hongyan.auth.storage;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Hands the {@link TokenStores} of the test JVM to whoever asks for them. Stateless. */
final class TokenStoresExtension implements ParameterResolver {
  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == TokenStores.class;
  }

  @Override
  public TokenStores resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getStore(StoreScope.LAUNCHER_SESSION, Namespace.create(TokenStoresExtension.class))
        .computeIfAbsent(TokenStores.class, ignored -> new TokenStores(), TokenStores.class);
  }
}
