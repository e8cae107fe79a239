package im.hongyan.sdktests;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A class of cases that drive the official SDK; they take a {@link SdkSystem} as a parameter.
 * Without a browser or npm they are skipped with one clear line, unless {@code HONGYAN_REQUIRE}
 * lists {@code browser} or {@code npm}.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(SdkExtension.class)
@interface SdkCase {}
