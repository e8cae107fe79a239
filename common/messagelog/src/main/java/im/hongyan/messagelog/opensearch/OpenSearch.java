package im.hongyan.messagelog.opensearch;

import im.hongyan.messagelog.search.OpenSearchConfig;
import im.hongyan.messagelog.search.SearchEngineException;
import jakarta.json.JsonException;
import jakarta.json.JsonObject;
import jakarta.json.JsonReader;
import jakarta.json.spi.JsonProvider;
import jakarta.json.stream.JsonGenerator;
import jakarta.json.stream.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import org.opensearch.client.json.JsonpMapper;
import org.opensearch.client.opensearch.generic.Body;
import org.opensearch.client.opensearch.generic.OpenSearchGenericClient;
import org.opensearch.client.opensearch.generic.Request;
import org.opensearch.client.opensearch.generic.Requests;
import org.opensearch.client.opensearch.generic.Response;
import org.opensearch.client.transport.httpclient5.ApacheHttpClient5Options;
import org.opensearch.client.transport.httpclient5.ApacheHttpClient5Transport;
import org.opensearch.client.transport.httpclient5.ApacheHttpClient5TransportBuilder;
import org.opensearch.client.transport.httpclient5.HttpAsyncResponseConsumerFactory.HeapBufferedResponseConsumerFactory;

/**
 * The connection to OpenSearch, through its official client. Requests are plain REST, so that what
 * is sent can be read here, and every request has one time-out from its start to its answer. Opens
 * no connection before the first request. Safe for use by several threads; its creator closes it.
 */
public final class OpenSearch implements AutoCloseable {
  static final JsonProvider JSON = JsonProvider.provider();

  private static final int MAX_ANSWER_BYTES = 32 << 20;
  private static final int MAX_REASON_CHARS = 300;
  private static final int MISSING = 404;
  private static final int LEAST_FAILURE = 400;

  private final ApacheHttpClient5Transport transport;
  private final OpenSearchGenericClient client;
  private final Duration timeout;
  private final int maxRequestBytes;

  private OpenSearch(OpenSearchConfig config, ApacheHttpClient5Transport transport) {
    this.transport = transport;
    timeout = config.connectTimeout().plus(config.requestTimeout());
    maxRequestBytes = config.maxRequestBytes();
    ApacheHttpClient5Options.Builder options = ApacheHttpClient5Options.DEFAULT.toBuilder();
    options.setHttpAsyncResponseConsumerFactory(
        new HeapBufferedResponseConsumerFactory(MAX_ANSWER_BYTES));
    client = new OpenSearchGenericClient(transport, options.build());
  }

  /** Maps no objects, as requests and answers are JSON already. */
  private static final class PlainRequests implements JsonpMapper {
    @Override
    public JsonProvider jsonProvider() {
      return JSON;
    }

    @Override
    public <T> T deserialize(JsonParser parser, Class<T> type) {
      throw new UnsupportedOperationException("no answer is read as " + type);
    }

    @Override
    public <T> void serialize(T value, JsonGenerator generator) {
      throw new UnsupportedOperationException("no request is written of " + value.getClass());
    }
  }

  /** Prepares the connections. */
  public static OpenSearch open(OpenSearchConfig config) {
    HttpHost[] hosts = config.addresses().stream().map(HttpHost::create).toArray(HttpHost[]::new);
    Timeout connect = Timeout.of(config.connectTimeout());
    Timeout answer = Timeout.of(config.requestTimeout());
    ApacheHttpClient5Transport transport =
        ApacheHttpClient5TransportBuilder.builder(hosts)
            .setMapper(new PlainRequests())
            .setDefaultHeaders(credentials(config))
            .setConnectionConfigCallback(
                connection -> connection.setConnectTimeout(connect).setSocketTimeout(answer))
            .setRequestConfigCallback(
                request -> request.setConnectionRequestTimeout(connect).setResponseTimeout(answer))
            // Whoever asks knows when to ask again.
            .setHttpClientConfigCallback(
                http -> http.disableCookieManagement().disableAutomaticRetries())
            .build();
    return new OpenSearch(config, transport);
  }

  /** Sent with each request, as an answer 401 to each first would cost one more. */
  private static Header[] credentials(OpenSearchConfig config) {
    if (config.user().isEmpty()) {
      return new Header[0];
    }
    byte[] pair =
        (config.user() + ':' + config.password().reveal()).getBytes(StandardCharsets.UTF_8);
    String value = "Basic " + Base64.getEncoder().encodeToString(pair);
    return new Header[] {new BasicHeader(HttpHeaders.AUTHORIZATION, value, true)};
  }

  /** About so large may a request be that writes. */
  int maxRequestBytes() {
    return maxRequestBytes;
  }

  /** The time-out for the server itself, in its words. */
  String timeoutText() {
    return timeout.toMillis() + "ms";
  }

  /**
   * Asks with a JSON body, or without one.
   *
   * @throws SearchEngineException when there is no answer, or none that is a success
   */
  JsonObject call(
      String method, String path, Map<String, String> query, @Nullable JsonObject body) {
    Body bytes =
        body == null
            ? null
            : Body.from(body.toString().getBytes(StandardCharsets.UTF_8), "application/json");
    return success(method, path, exchange(method, path, query, bytes));
  }

  /**
   * As above; empty where that which is named does not exist.
   *
   * @throws SearchEngineException when there is no answer, or another failure
   */
  JsonObject find(String method, String path) {
    Answer answer = exchange(method, path, Map.of(), null);
    return answer.status() == MISSING
        ? JsonObject.EMPTY_JSON_OBJECT
        : success(method, path, answer);
  }

  /**
   * Sends the lines of a bulk.
   *
   * @throws SearchEngineException when there is no answer, or none that is a success
   */
  JsonObject bulk(String path, Map<String, String> query, byte[] lines) {
    Body body = Body.from(lines, "application/x-ndjson");
    return success("POST", path, exchange("POST", path, query, body));
  }

  private record Answer(int status, JsonObject body) {}

  private static JsonObject success(String method, String path, Answer answer) {
    if (answer.status() >= LEAST_FAILURE) {
      throw new SearchEngineException(
          "OpenSearch answers %s %s by %d: %s"
              .formatted(method, path, answer.status(), reason(answer.body().toString())),
          null);
    }
    return answer.body();
  }

  static String reason(String text) {
    return text.length() <= MAX_REASON_CHARS ? text : text.substring(0, MAX_REASON_CHARS) + "…";
  }

  private Answer exchange(
      String method, String path, Map<String, String> query, @Nullable Body body) {
    Request request = Requests.create(method, path, List.of(), query, body);
    CompletableFuture<Response> asked = client.executeAsync(request);
    try (Response response = asked.get(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
      return new Answer(response.getStatus(), parse(response));
    } catch (TimeoutException e) {
      asked.cancel(true);
      throw new SearchEngineException("OpenSearch did not answer within " + timeoutText(), e);
    } catch (ExecutionException e) {
      throw new SearchEngineException("OpenSearch cannot be asked: " + e.getCause(), e);
    } catch (IOException | UncheckedIOException | JsonException e) {
      throw new SearchEngineException("OpenSearch answers what cannot be read: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new SearchEngineException("interrupted while OpenSearch was asked", e);
    }
  }

  /** The JSON of an answer; of another answer an object with its text. */
  private static JsonObject parse(Response response) throws IOException {
    Body body = response.getBody().orElse(null);
    if (body == null) {
      return JsonObject.EMPTY_JSON_OBJECT;
    }
    try (body) {
      if (response.getStatus() >= LEAST_FAILURE) {
        return failure(body.bodyAsString());
      }
      try (JsonReader reader = JSON.createReader(body.body())) {
        return reader.readObject();
      }
    }
  }

  private static JsonObject failure(String text) {
    return JSON.createObjectBuilder().add("answer", reason(text)).build();
  }

  @Override
  public void close() {
    try {
      transport.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
