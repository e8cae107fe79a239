package im.hongyan.standalone.chat;

import im.hongyan.client.rest.AdminApi;
import im.hongyan.client.rest.RestClient;
import im.hongyan.client.session.LoginOptions;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.Platform;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the chat gets its token: given, or fetched with the deployment's secret.
 *
 * @param secret null for the secret that a fresh local server has
 * @param token null when none was given
 * @param register whether users that do not exist are made
 */
record Login(
    URI api,
    URI gateway,
    String adminId,
    @Nullable String secret,
    @Nullable String token,
    boolean register) {
  private static final String LOCAL_SECRET = "openIM123";
  static final Platform PLATFORM = Platform.LINUX;

  /** What went wrong, as one line for the person at the terminal. */
  static final class FailedException extends Exception {
    private static final long serialVersionUID = 1L;

    FailedException(String line) {
      super(line);
    }
  }

  /** Gets the token of a user, and makes user and peer when asked to. */
  LoginOptions options(String userId, String peerId) throws FailedException {
    return LoginOptions.sdk(
        gateway, userId, PLATFORM, token != null ? token : fetch(userId, peerId));
  }

  private String fetch(String userId, String peerId) throws FailedException {
    try (RestClient rest = new RestClient(api)) {
      AdminApi admin = administrator(rest);
      if (register) {
        for (String user : List.of(userId, peerId)) {
          admin.ensureRegistered(user);
        }
      }
      return admin.userToken(userId, PLATFORM);
    } catch (ImException refused) {
      if (refused.is(ImError.RECORD_NOT_FOUND) || refused.is(ImError.USER_ID_NOT_FOUND)) {
        throw new FailedException(
            "user '" + userId + "' is unknown at " + api + "; --register makes it");
      }
      throw new FailedException(api + " refuses: " + describe(refused));
    } catch (IOException unreachable) {
      throw new FailedException(
          "no server answers at "
              + api
              + " ("
              + reason(unreachable)
              + "); ./hongyan run starts one");
    }
  }

  private AdminApi administrator(RestClient rest) throws IOException, FailedException {
    try {
      return AdminApi.login(rest, usableSecret(), adminId);
    } catch (ImException refused) {
      if (refused.is(ImError.NO_PERMISSION)) {
        throw new FailedException("the secret is not that of " + api + "; give it with --secret");
      }
      throw refused;
    }
  }

  private String usableSecret() throws FailedException {
    if (secret != null) {
      return secret;
    }
    if (!isLoopback(api.getHost())) {
      throw new FailedException(
          "give --token or --secret: the default secret is offered to servers on this machine only");
    }
    return LOCAL_SECRET;
  }

  private static boolean isLoopback(@Nullable String host) {
    try {
      return host != null && InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException unknown) {
      return false;
    }
  }

  static String describe(ImException refused) {
    String detail = refused.detail().isEmpty() ? "" : " (" + refused.detail() + ")";
    return refused.code() + " " + refused.text() + detail;
  }

  static String reason(IOException failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : message;
  }
}
