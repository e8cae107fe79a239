package im.hongyan.testkit;

import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Hands seeds to parameters that are {@link Seeded}, and prints them where the test fails. */
public final class SeedExtension implements ParameterResolver, AfterTestExecutionCallback {
  private static final Namespace SPACE = Namespace.create(SeedExtension.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.isAnnotated(Seeded.class) && parameter.getParameter().getType() == long.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    long seed = TestSeeds.choose();
    context.getStore(SPACE).put(TestSeeds.VARIABLE, seed);
    return seed;
  }

  @Override
  public void afterTestExecution(ExtensionContext context) {
    Long seed = context.getStore(SPACE).get(TestSeeds.VARIABLE, Long.class);
    if (seed != null && context.getExecutionException().isPresent()) {
      System.out.println(
          context.getRequiredTestClass().getSimpleName()
              + "."
              + context.getRequiredTestMethod().getName()
              + ": "
              + TestSeeds.name(seed));
    }
  }
}
