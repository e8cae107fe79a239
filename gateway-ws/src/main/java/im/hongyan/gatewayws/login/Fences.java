package im.hongyan.gatewayws.login;

import im.hongyan.wire.id.Platform;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Remembers which logins were ended by an administrator, for as long as one of them may still be on
 * its way in. Safe for use by several threads.
 */
final class Fences {
  /** Longer than any handshake takes. */
  static final Duration KEPT = Duration.ofMinutes(1);

  private static final int SWEEP_AT = 1_000;

  private final InstantSource clock;
  private final ConcurrentMap<Key, Fence> fences = new ConcurrentHashMap<>();

  private record Key(String userId, Platform platform) {}

  private record Fence(long epoch, long untilMillis) {}

  Fences(InstantSource clock) {
    this.clock = clock;
  }

  /** Ends all logins of a user on a platform up to an epoch. */
  void raise(String userId, Platform platform, long epoch) {
    long now = clock.millis();
    if (fences.size() >= SWEEP_AT) {
      fences.values().removeIf(fence -> fence.untilMillis() <= now);
    }
    fences.merge(
        new Key(userId, platform),
        new Fence(epoch, now + KEPT.toMillis()),
        (old, raised) -> old.epoch() > raised.epoch() ? old : raised);
  }

  /** Whether a login was ended before it was registered. */
  boolean ended(String userId, Platform platform, long epoch) {
    Fence fence = fences.get(new Key(userId, platform));
    return fence != null && epoch <= fence.epoch() && fence.untilMillis() > clock.millis();
  }
}
