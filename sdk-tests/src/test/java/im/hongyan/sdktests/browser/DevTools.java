package im.hongyan.sdktests.browser;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The DevTools protocol of a browser as {@code --remote-debugging-pipe} speaks it: JSON texts that
 * end in a zero byte. Safe for use by several threads. One thread of its own reads; events are
 * handed over there, so that their listeners must not call the browser.
 */
final class DevTools {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LIMIT_SECONDS = 120;

  private final InputStream in;
  private final OutputStream out;
  private final AtomicInteger lastId = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonNode>> answers = new ConcurrentHashMap<>();
  private final Map<String, BiConsumer<String, JsonNode>> listeners = new ConcurrentHashMap<>();
  private volatile boolean ended;

  DevTools(InputStream in, OutputStream out) {
    this.in = new BufferedInputStream(in);
    this.out = new BufferedOutputStream(out);
    Thread.ofPlatform().daemon().name("devtools").start(this::read);
  }

  /** Hands a session's events, name and parameters, to a listener. */
  void listen(String session, BiConsumer<String, JsonNode> listener) {
    listeners.put(session, listener);
  }

  /** Stops that. */
  void forget(String session) {
    listeners.remove(session);
  }

  /**
   * Calls the browser, or a session of it, and returns the answer's result.
   *
   * @throws IllegalStateException when the browser refuses, has ended or does not answer
   */
  JsonNode call(@Nullable String session, String method, Map<String, ?> parameters) {
    int id = lastId.incrementAndGet();
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    answers.put(id, answer);
    ObjectNode request = JSON.createObjectNode().put("id", id).put("method", method);
    request.set("params", JSON.valueToTree(parameters));
    if (session != null) {
      request.put("sessionId", session);
    }
    write(request);
    if (ended) {
      fail(answer);
    }
    try {
      return result(method, answer.get(LIMIT_SECONDS, TimeUnit.SECONDS));
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(method + " was not answered: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } finally {
      answers.remove(id);
    }
  }

  private static JsonNode result(String method, JsonNode answer) {
    if (answer.has("error")) {
      throw new IllegalStateException(method + " was refused: " + answer.get("error"));
    }
    return answer.path("result");
  }

  private synchronized void write(ObjectNode request) {
    try {
      out.write(JSON.writeValueAsBytes(request));
      out.write(0);
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("the browser has ended", e);
    }
  }

  private void read() {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try {
      for (int next = in.read(); next >= 0; next = in.read()) {
        if (next == 0) {
          take(JSON.readTree(text.toByteArray()));
          text.reset();
        } else {
          text.write(next);
        }
      }
    } catch (IOException e) {
      // The pipe ends with the browser.
    } finally {
      ended = true;
      answers.values().forEach(DevTools::fail);
    }
  }

  private void take(JsonNode message) {
    if (message.has("id")) {
      CompletableFuture<JsonNode> answer = answers.get(message.get("id").asInt());
      if (answer != null) {
        answer.complete(message);
      }
      return;
    }
    BiConsumer<String, JsonNode> listener = listeners.get(message.path("sessionId").asString(""));
    if (listener != null) {
      listener.accept(message.path("method").asString(), message.path("params"));
    }
  }

  private static void fail(CompletableFuture<JsonNode> answer) {
    answer.completeExceptionally(new IllegalStateException("the browser has ended"));
  }
}
