package im.hongyan.drivers.redis;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Reading what scripts answer. */
public final class RedisAnswers {
  private RedisAnswers() {}

  /** A text; empty for none. */
  public static String text(@Nullable Object value) {
    return value == null ? "" : new String((byte[]) value, StandardCharsets.UTF_8);
  }

  /** A number, which Redis keeps as text. */
  public static long number(@Nullable Object value, long fallback) {
    String text = text(value);
    return text.isEmpty() ? fallback : Long.parseLong(text);
  }
}
