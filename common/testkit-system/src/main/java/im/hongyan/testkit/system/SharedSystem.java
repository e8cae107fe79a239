package im.hongyan.testkit.system;

import im.hongyan.embedded.DataFolder;
import java.io.IOException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Hands one running system to all test classes of a JVM that ask for a {@link RunningSystem} and
 * disturb nothing: they use fresh users and groups, and stop nothing. It ends with the JVM's tests.
 */
public final class SharedSystem implements ParameterResolver {
  private record Shared(DataFolder data, RunningSystem system) implements AutoCloseable {
    static Shared start() {
      DataFolder data = DataFolder.ephemeral();
      return new Shared(data, RunningSystem.start(data.folder("shared")));
    }

    @Override
    public void close() throws IOException {
      system.close();
      data.close();
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == RunningSystem.class;
  }

  @Override
  public RunningSystem resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return context
        .getStore(StoreScope.LAUNCHER_SESSION, Namespace.create(SharedSystem.class))
        .computeIfAbsent(Shared.class, ignored -> Shared.start(), Shared.class)
        .system();
  }
}
