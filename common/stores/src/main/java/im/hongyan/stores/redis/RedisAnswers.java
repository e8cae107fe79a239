package im.hongyan.stores.redis;

import im.hongyan.wire.error.ImException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Reading what scripts answer. */
final class RedisAnswers {
  private static final long TIMEOUT_MILLIS = 3_000;

  private RedisAnswers() {}

  static <T> T await(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ImException.internal("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw ImException.internal("Redis does not answer: " + e.getMessage(), e);
    }
  }

  static String text(@Nullable Object value) {
    return value == null ? "" : new String((byte[]) value, StandardCharsets.UTF_8);
  }

  static long number(@Nullable Object value, long fallback) {
    String text = text(value);
    return text.isEmpty() ? fallback : Long.parseLong(text);
  }
}
