package im.hongyan.relation.storage;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Hands the {@link RelationDatabase} of the test JVM to whoever asks for it. Stateless. */
final class RelationDatabaseExtension implements ParameterResolver {
  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == RelationDatabase.class;
  }

  @Override
  public RelationDatabase resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getStore(StoreScope.LAUNCHER_SESSION, Namespace.create(RelationDatabaseExtension.class))
        .computeIfAbsent(
            RelationDatabase.class, ignored -> new RelationDatabase(), RelationDatabase.class);
  }
}
