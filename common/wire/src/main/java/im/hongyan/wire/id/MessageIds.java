package im.hongyan.wire.id;

import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ids of messages: 32 lower-case hexadecimal characters, 128 random bits (messaging.md 1.1, rows 4
 * and 5; only the form and the uniqueness are fixed). Safe for use by several threads.
 */
public final class MessageIds {
  private MessageIds() {}

  /** A new id, unique for all practical purposes. It is no secret. */
  public static String next() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    HexFormat hex = HexFormat.of();
    return hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
  }
}
