package im.hongyan.testkit;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A test that needs a program of the machine, such as {@code go} or a browser. Where it is missing
 * the test is skipped with one clear line; where {@code HONGYAN_REQUIRE} lists the tool, it fails
 * instead.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(RequiresToolCondition.class)
public @interface RequiresTool {
  /** Name of the tool, as {@code HONGYAN_REQUIRE} lists it and as it is found on the path. */
  String value();
}
