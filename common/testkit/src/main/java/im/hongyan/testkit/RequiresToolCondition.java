package im.hongyan.testkit;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.platform.commons.support.AnnotationSupport;

/** Decides on {@link RequiresTool}. Stateless. */
public final class RequiresToolCondition implements ExecutionCondition {
  private static final String REQUIRE = "HONGYAN_REQUIRE";

  @Override
  public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
    Optional<RequiresTool> wanted =
        AnnotationSupport.findAnnotation(context.getElement(), RequiresTool.class);
    if (wanted.isEmpty()) {
      return ConditionEvaluationResult.enabled("no tool needed");
    }
    ConditionEvaluationResult result =
        decide(wanted.get().value(), System.getenv(), tool -> find(tool).isPresent());
    if (result.isDisabled()) {
      System.out.println(
          "SKIPPED " + context.getDisplayName() + ": " + result.getReason().orElse(""));
    }
    return result;
  }

  /** A tool as an executable file on the path. */
  public static Optional<Path> find(String tool) {
    return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, tool))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Whether a test that needs a tool runs.
   *
   * @throws IllegalStateException when the tool is missing and {@code HONGYAN_REQUIRE} lists it
   */
  public static ConditionEvaluationResult decide(
      String tool, Map<String, String> environment, Predicate<String> present) {
    if (present.test(tool)) {
      return ConditionEvaluationResult.enabled(tool + " is there");
    }
    return missing(tool, tool + " is not installed", environment);
  }

  /**
   * What becomes of a test that cannot have its tool.
   *
   * @param why what is missing, in words
   * @throws IllegalStateException when {@code HONGYAN_REQUIRE} lists the tool
   */
  public static ConditionEvaluationResult missing(
      String tool, String why, Map<String, String> environment) {
    boolean required =
        Arrays.stream(environment.getOrDefault(REQUIRE, "").split(",", -1))
            .anyMatch(name -> name.strip().equals(tool));
    if (required) {
      throw new IllegalStateException(why + ", and " + REQUIRE + " lists " + tool);
    }
    return ConditionEvaluationResult.disabled(
        why + " (" + REQUIRE + "=" + tool + " would make this a failure)");
  }
}
