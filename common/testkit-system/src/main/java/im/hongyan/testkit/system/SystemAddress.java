package im.hongyan.testkit.system;

import im.hongyan.client.rest.AdminApi;
import im.hongyan.client.rest.RestClient;
import im.hongyan.client.session.LoginOptions;
import im.hongyan.wire.id.Platform;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;

/** Where a system listens, and what an app server does there. */
public record SystemAddress(URI api, URI ws, String secret) {
  /** The administrator that every system makes at its first start. */
  public static final String ADMIN = "imAdmin";

  /** Does something as the administrator. */
  public <T> T asAdmin(AdminWork<T> work) {
    try (RestClient rest = new RestClient(api)) {
      return work.with(AdminApi.login(rest, secret, ADMIN));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is done as the administrator. */
  @FunctionalInterface
  public interface AdminWork<T> {
    /** Does it. */
    T with(AdminApi admin) throws IOException;
  }

  /** Makes a user, if it is not there, and logs it in as official SDKs do. */
  public LoginOptions login(String userId, Platform platform) {
    String token =
        asAdmin(admin -> {
          admin.ensureRegistered(userId);
          return admin.userToken(userId, platform);
        });
    return LoginOptions.sdk(ws, userId, platform, token);
  }
}
