package im.hongyan.client.rest;

import com.google.protobuf.Message;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.gzip.Gzip;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.json.ApiEnvelope;
import im.hongyan.wire.json.GoJsonException;
import im.hongyan.wire.json.GoJsonWriter;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;

/**
 * Calls REST routes as official clients do: POST, Go-style JSON, headers {@code operationID} and
 * {@code token} (rest-account.md 0, client-sync.md 1.1). Safe for use by several threads; calls
 * block.
 */
public final class RestClient implements AutoCloseable {
  /** What official clients wait for an answer. */
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** Longest inflated answer that is taken. */
  private static final int MAX_ANSWER_BYTES = 64 * 1024 * 1024;

  private final URI base;
  private final HttpClient http;

  /** Calls a server such as {@code http://127.0.0.1:10002}. */
  public RestClient(URI base) {
    this.base = base;
    this.http = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
  }

  /**
   * Calls a route.
   *
   * @param path for example {@code /auth/get_user_token}
   * @param token the caller's token; empty for the open routes
   * @param answer an empty message of the answer's type
   * @return the answer; an empty message when the route has no data
   * @throws ImException when the server answers with an error code
   * @throws IOException when no valid answer comes
   */
  public <M extends Message> M call(String path, String token, Message request, M answer)
      throws IOException {
    return read(path, post(path, token, request), answer);
  }

  private static <M extends Message> M read(String path, HttpResponse<byte[]> response, M answer)
      throws IOException {
    byte[] body = response.body();
    try {
      if (isGzip(response)) {
        body = Gzip.inflate(body, MAX_ANSWER_BYTES);
      }
      return ApiEnvelope.read(body, answer);
    } catch (GoJsonException | im.hongyan.wire.gob.MalformedFrameException bad) {
      throw new IOException(
          path + " answered HTTP " + response.statusCode() + " without an envelope", bad);
    }
  }

  /**
   * Calls a route and looks no further into a success than to see that it is one: for load, where
   * the caller's CPU is the server's too.
   *
   * @throws ImException when the server answers with an error code
   * @throws IOException when no valid answer comes
   */
  public void check(String path, String token, Message request) throws IOException {
    HttpResponse<byte[]> response = post(path, token, request);
    byte[] success = ApiEnvelope.beginningOfSuccess();
    InputStream body = new ByteArrayInputStream(response.body());
    if (isGzip(response)) {
      body = new GZIPInputStream(body);
    }
    if (!Arrays.equals(body.readNBytes(success.length), success)) {
      Message _ = read(path, response, request.getDefaultInstanceForType());
      throw new IOException(path + " answered with an envelope of another order");
    }
  }

  private HttpResponse<byte[]> post(String path, String token, Message request) throws IOException {
    HttpRequest.Builder post =
        HttpRequest.newBuilder(base.resolve(path))
            .timeout(TIMEOUT)
            .header("operationID", MessageIds.next())
            .header("Content-Type", "application/json")
            .header("Accept-Encoding", "gzip")
            .POST(HttpRequest.BodyPublishers.ofByteArray(GoJsonWriter.toBytes(request)));
    if (!token.isEmpty()) {
      post.header("token", token);
    }
    return send(post.build());
  }

  private static boolean isGzip(HttpResponse<byte[]> response) {
    return "gzip".equals(response.headers().firstValue("Content-Encoding").orElse(""));
  }

  private HttpResponse<byte[]> send(HttpRequest request) throws IOException {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while calling " + request.uri().getPath());
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
