package im.hongyan.testkit;

import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/** Seeds of tests that draw at random: {@code HONGYAN_SEED} repeats one of them. Stateless. */
public final class TestSeeds {
  /** The environment variable that gives the seed. */
  public static final String VARIABLE = "HONGYAN_SEED";

  private TestSeeds() {}

  /** The seed that is to be repeated. */
  public static OptionalLong given() {
    return given(System.getenv());
  }

  static OptionalLong given(Map<String, String> environment) {
    String text = environment.get(VARIABLE);
    return text == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(text));
  }

  /** The seed that is to be repeated, else a fresh one. */
  public static long choose() {
    return given().orElseGet(System::nanoTime);
  }

  /** The seed that is to be repeated, else all from 0 on; for tests that play many. */
  public static LongStream given(long count) {
    OptionalLong given = given();
    return given.isPresent() ? LongStream.of(given.getAsLong()) : LongStream.range(0, count);
  }

  /** How a seed is named where a test fails. */
  public static String name(long seed) {
    return VARIABLE + "=" + seed;
  }
}
