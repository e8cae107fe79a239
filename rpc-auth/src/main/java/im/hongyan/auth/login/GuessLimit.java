package im.hongyan.auth.login;

import java.time.Duration;
import java.time.InstantSource;

/**
 * Bounds how often a secret can be guessed: a bucket that holds one minute's guesses and fills
 * evenly. A guess is taken before secrets are compared, so that guesses made side by side all
 * count, and given back when it was right. Once the bucket is empty the right secret is refused as
 * well, else the answer would tell it. Safe for use by several threads; counts for one process.
 */
public final class GuessLimit {
  private static final double MINUTE_MILLIS = Duration.ofMinutes(1).toMillis();

  private final int perMinute;
  private final InstantSource clock;
  private double left;
  private long filledAtMillis;

  /** Creates a full bucket. */
  public GuessLimit(int perMinute, InstantSource clock) {
    this.perMinute = perMinute;
    this.clock = clock;
    left = perMinute;
    filledAtMillis = clock.millis();
  }

  /** Takes a guess; false when none is left. */
  public synchronized boolean take() {
    long now = clock.millis();
    double filled = Math.max(0, now - filledAtMillis) * perMinute / MINUTE_MILLIS;
    left = Math.min(perMinute, left + filled);
    filledAtMillis = now;
    if (left < 1) {
      return false;
    }
    left--;
    return true;
  }

  /** Gives a guess back that was right. */
  public synchronized void giveBack() {
    left = Math.min(perMinute, left + 1);
  }
}
