package im.hongyan.drivers.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/**
 * A Lua script that runs by its hash and is sent again where the server has lost it. Safe for use
 * by several threads.
 */
public final class RedisScript {
  private final byte[] text;
  private final String sha;

  /** Reads {@code /redis/RESOURCE} of the class path. */
  public RedisScript(String resource) {
    try (InputStream in = RedisScript.class.getResourceAsStream("/redis/" + resource)) {
      text = Objects.requireNonNull(in, resource).readAllBytes();
      sha = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(text));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * Runs the script and waits, for at most 3 s, for its array.
   *
   * @throws im.hongyan.wire.error.ImException 500 when Redis does not answer or refuses
   */
  public List<Object> run(Redis redis, List<byte[]> keys, List<byte[]> arguments) {
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
    return Redis.await(answer);
  }

  private static Throwable unwrap(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }

  /** ASCII or UTF-8 text as an argument. */
  public static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  public static byte[] bytes(long number) {
    return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
  }
}
