package im.hongyan.auth.storage;

import im.hongyan.stores.redis.Redis;
import im.hongyan.wire.error.ImException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A Lua script that runs by its hash and is sent again where the server has lost it. Stateless. (A
 * twin of the one in {@code stores.redis}, which other modules cannot see.)
 */
final class Script {
  private static final long TIMEOUT_MILLIS = 3_000;

  private final byte[] text;
  private final String sha;

  Script(String resource) {
    try (InputStream in = Script.class.getResourceAsStream("/redis/" + resource)) {
      text = Objects.requireNonNull(in, resource).readAllBytes();
      sha = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * Runs the script and waits for its array.
   *
   * @throws ImException 500 when Redis does not answer or refuses
   */
  List<Object> run(Redis redis, List<byte[]> keys, List<byte[]> arguments) {
    byte[][] keyArray = keys.toArray(byte[][]::new);
    byte[][] argumentArray = arguments.toArray(byte[][]::new);
    var commands = redis.commands();
    CompletionStage<List<Object>> first =
        commands.evalsha(sha, ScriptOutputType.MULTI, keyArray, argumentArray);
    CompletionStage<List<Object>> answer =
        first.exceptionallyCompose(failure ->
            unwrap(failure) instanceof RedisNoScriptException
                ? commands.eval(text, ScriptOutputType.MULTI, keyArray, argumentArray)
                : CompletableFuture.failedFuture(failure));
    try {
      return answer.toCompletableFuture().get(TIMEOUT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ImException.internal("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw ImException.internal("Redis does not answer: " + e.getMessage(), e);
    }
  }

  private static Throwable unwrap(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }
}
