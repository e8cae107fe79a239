package im.hongyan.wire.token;

import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Fuzz target: a token is verified or refused with a code, whatever bytes it has. */
public final class TokenFuzz {
  private static final TokenCodec CODEC =
      new TokenCodec("openIM123", InstantSource.fixed(Instant.ofEpochSecond(1_760_000_000L)));

  private TokenFuzz() {}

  /** Called by the fuzzer for each input. */
  public static void fuzzerTestOneInput(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    expectCoded(text);
    String issued;
    try {
      issued = CODEC.issue(text, input.length, Duration.ofDays(1));
    } catch (ImException tooLong) {
      expectArgs(tooLong);
      return;
    }
    if (!CODEC.verify(issued).userId().equals(text)) {
      throw new AssertionError("an issued token does not come back");
    }
    String[] parts = issued.split("\\.", -1);
    expectCoded(parts[0] + "." + text + "." + parts[2]);
    expectCoded(text + "." + parts[1] + "." + parts[2]);
    expectCoded(parts[0] + "." + parts[1] + "." + text);
  }

  private static void expectArgs(ImException refused) {
    if (!refused.is(ImError.ARGS)) {
      throw refused;
    }
  }

  private static void expectCoded(String token) {
    try {
      CODEC.verify(token);
    } catch (ImException coded) {
      if (coded.code() < 1501 || coded.code() > 1505) {
        throw coded;
      }
    }
  }
}
