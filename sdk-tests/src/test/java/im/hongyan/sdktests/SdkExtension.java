package im.hongyan.sdktests;

import im.hongyan.embedded.DataFolder;
import im.hongyan.kit.lifecycle.Lifecycle;
import im.hongyan.sdktests.browser.Browser;
import im.hongyan.testkit.RequiresToolCondition;
import im.hongyan.testkit.system.RunningSystem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Decides whether {@link SdkCase}s run, and hands them one {@link SdkSystem}, which ends with the
 * JVM's tests.
 */
final class SdkExtension implements ExecutionCondition, ParameterResolver {
  private record Decision(ConditionEvaluationResult result) {}

  private record Shared(Lifecycle lifecycle, SdkSystem system) implements AutoCloseable {
    static Shared start() {
      Lifecycle lifecycle = new Lifecycle();
      DataFolder data = lifecycle.add("data folder", DataFolder.ephemeral());
      RunningSystem server =
          lifecycle.add("server", RunningSystem.start(data.folder("system").resolve("data")));
      Browser browser =
          lifecycle.add(
              "browser", Browser.start(Browser.find().orElseThrow(), data.folder("browser")));
      SdkSite site =
          lifecycle.add("site", SdkSite.serve(Objects.requireNonNull(SdkPackage.installed())));
      return new Shared(lifecycle, new SdkSystem(server.address(), browser, site.page()));
    }

    @Override
    public void close() {
      lifecycle.close();
    }
  }

  private static Store store(ExtensionContext context) {
    return context.getStore(StoreScope.LAUNCHER_SESSION, Namespace.create(SdkExtension.class));
  }

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    return store(context)
        .computeIfAbsent(Decision.class, ignored -> new Decision(decide()), Decision.class)
        .result();
  }

  private static ConditionEvaluationResult decide() {
    ConditionEvaluationResult result = tools(System.getenv());
    if (result.isDisabled()) {
      System.out.println("SKIPPED all cases of the official SDK: " + result.getReason().orElse(""));
    }
    return result;
  }

  private static ConditionEvaluationResult tools(Map<String, String> environment) {
    if (Browser.find().isEmpty()) {
      return RequiresToolCondition.missing(
          "browser", "no Chromium or Chrome is installed", environment);
    }
    try {
      Path sdk = SdkPackage.install();
      return ConditionEvaluationResult.enabled("a browser and " + sdk + " are there");
    } catch (IOException e) {
      return RequiresToolCondition.missing("npm", String.valueOf(e.getMessage()), environment);
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == SdkSystem.class;
  }

  @Override
  public SdkSystem resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return store(context)
        .computeIfAbsent(Shared.class, ignored -> Shared.start(), Shared.class)
        .system();
  }
}
