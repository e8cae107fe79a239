package im.hongyan.standalone;

import im.hongyan.testkit.TestSeeds;
import im.hongyan.testkit.system.RestCalls;
import im.hongyan.testkit.system.RunningSystem;
import im.hongyan.testkit.system.SharedSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Property: whatever two devices of a user and one of another send, read, revoke, delete and clear,
 * in a chat of two and in a group, and however they come and go meanwhile: in the end each shows
 * what a device with an empty database shows that reads everything, and that is what the plain
 * rules say. Those that stayed connected show it by what was pushed alone.
 *
 * <p>{@code HONGYAN_DEVICE_RUNS} lives are played, each by a fresh seed, which a failure prints.
 */
@ExtendWith(SharedSystem.class)
class DevicesE2E {
  private static final String RUNS = "5";
  private static final int STEPS = 80;

  @Test
  void whateverDevicesDoEndsInOneView(RunningSystem shared) {
    String runs = System.getenv().getOrDefault("HONGYAN_DEVICE_RUNS", RUNS);
    long first = TestSeeds.choose();
    long many = TestSeeds.given().isPresent() ? 1 : Long.parseLong(runs);
    try (RestCalls rest = new RestCalls(shared.address())) {
      for (long seed = first; seed < first + many; seed++) {
        play(shared, rest, seed);
      }
    }
  }

  private static void play(RunningSystem shared, RestCalls rest, long seed) {
    try (DeviceLife life = new DeviceLife(shared.address(), rest, seed)) {
      try {
        for (int step = 0; step < STEPS; step++) {
          life.step();
        }
        life.end();
      } catch (Exception | AssertionError e) {
        throw new AssertionError(TestSeeds.name(seed) + ":\n" + life.story() + "\n" + e, e);
      }
    }
  }
}
