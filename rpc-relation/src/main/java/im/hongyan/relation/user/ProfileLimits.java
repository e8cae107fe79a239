package im.hongyan.relation.user;

import im.hongyan.wire.error.ImError;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Lengths of a user's texts, for what hooks make of them; of requests the .proto says the same. */
final class ProfileLimits {
  private static final int MAX_NICKNAME = 255;
  private static final int MAX_FACE_URL = 1_024;
  private static final int MAX_EX_BYTES = 16_384;

  private ProfileLimits() {}

  /**
   * Checks texts; null is not written and passes.
   *
   * @throws im.hongyan.wire.error.ImException 1001 for one that is longer than its column
   */
  static void check(@Nullable String nickname, @Nullable String faceUrl, @Nullable String ex) {
    if (nickname != null && nickname.codePointCount(0, nickname.length()) > MAX_NICKNAME) {
      throw ImError.ARGS.with("nickname is longer than " + MAX_NICKNAME + " characters");
    }
    if (faceUrl != null && faceUrl.codePointCount(0, faceUrl.length()) > MAX_FACE_URL) {
      throw ImError.ARGS.with("faceURL is longer than " + MAX_FACE_URL + " characters");
    }
    if (ex != null && ex.getBytes(StandardCharsets.UTF_8).length > MAX_EX_BYTES) {
      throw ImError.ARGS.with("ex is longer than " + MAX_EX_BYTES + " bytes");
    }
  }
}
