package im.hongyan.kit.http;

import io.netty.handler.codec.http.HttpHeaders;
import java.net.InetAddress;

/**
 * A whole request.
 *
 * @param method such as POST
 * @param path without the query, undecoded
 * @param query without its question mark, undecoded; empty where there is none
 * @param client the client's own address, beyond proxies that are trusted
 * @param body all of it, within the server's limit
 */
public record HttpRequest(
    String method,
    String path,
    String query,
    InetAddress client,
    HttpHeaders headers,
    byte[] body) {
  /** A header's value, empty where there is none. */
  public String header(String name) {
    String value = headers.get(name);
    return value == null ? "" : value;
  }

  /** The same request with another body. */
  HttpRequest withBody(byte[] other) {
    return new HttpRequest(method, path, query, client, headers, other);
  }
}
