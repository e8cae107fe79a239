package im.hongyan.bench.scenario;

import im.hongyan.client.session.LoginOptions.Encoding;
import java.net.URI;

/**
 * The server to be measured.
 *
 * @param api address of its REST API
 * @param gateway address of its WebSocket
 * @param secret its secret for app servers
 * @param adminId an administrator's user id
 * @param encoding what the users speak
 */
public record Target(URI api, URI gateway, String secret, String adminId, Encoding encoding) {
  /** Without the secret. */
  @Override
  public String toString() {
    return gateway + " " + encoding;
  }
}
