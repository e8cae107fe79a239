package im.hongyan.kit.http;

import java.util.zip.Deflater;

/** How hard answers are compressed for clients who ask for it (rest-account.md 0.6). */
public enum Compression {
  NONE(-1, Deflater.NO_COMPRESSION),
  DEFAULT(0, Deflater.DEFAULT_COMPRESSION),
  BEST(1, Deflater.BEST_COMPRESSION),
  FASTEST(2, Deflater.BEST_SPEED);

  private final int number;
  private final int level;

  Compression(int number, int level) {
    this.number = number;
    this.level = level;
  }

  /**
   * The one that the specification gives a number.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static Compression of(int number) {
    for (Compression one : values()) {
      if (one.number == number) {
        return one;
      }
    }
    throw new IllegalArgumentException("no compression " + number);
  }

  /** The level of the library. */
  int level() {
    return level;
  }
}
