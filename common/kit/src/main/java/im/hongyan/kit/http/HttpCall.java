package im.hongyan.kit.http;

import io.netty.handler.codec.http.HttpHeaders;

/**
 * A whole request.
 *
 * @param method such as POST
 * @param path without the query, undecoded
 * @param body all of it, within the server's limit
 */
public record HttpCall(String method, String path, HttpHeaders headers, byte[] body) {
  /** A header's value, empty where there is none. */
  public String header(String name) {
    String value = headers.get(name);
    return value == null ? "" : value;
  }
}
