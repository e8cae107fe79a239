package im.hongyan.wire.token;

import com.google.protobuf.ByteString;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** What is stored and compared instead of a token: its SHA-256. Stateless. */
public final class TokenHash {
  private TokenHash() {}

  /** The hash of a token, 32 bytes. */
  public static ByteString of(String token) {
    try {
      return ByteString.copyFrom(
          MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
