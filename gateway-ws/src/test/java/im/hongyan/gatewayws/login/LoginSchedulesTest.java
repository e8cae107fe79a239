package im.hongyan.gatewayws.login;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.gatewayws.login.LoginWorld.Without;
import im.hongyan.testkit.TestSeeds;
import im.hongyan.wire.id.Platform;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Proves on 10,000 random schedules of logins, departures and forced log-outs on three gateways
 * that, once all is quiet: no two connections live that the policy excludes; a connection ended
 * only for a newer login, a forced log-out or by itself; the token of a connection that lives is
 * good, unless a newer login that has gone meanwhile ended it; that of one that was kicked is not,
 * unless it has logged in anew; nobody outlives a forced log-out. Another test leaves out one rule
 * at a time and shows that the schedules notice.
 */
class LoginSchedulesTest {
  private static final int SCHEDULES = 10_000;
  private static final int[] POLICIES = {0, 1, 4, 5};
  private static final List<Platform> PLATFORMS =
      List.of(Platform.ANDROID, Platform.ANDROID, Platform.IOS, Platform.WINDOWS, Platform.WEB);

  private static LoginWorld play(long seed, Without without) {
    Random random = new Random(seed);
    LoginWorld world = new LoginWorld(POLICIES[random.nextInt(POLICIES.length)], without, random);
    int events = 2 + random.nextInt(7);
    for (int i = 0; i < events; i++) {
      String node = LoginWorld.NODES.get(random.nextInt(LoginWorld.NODES.size()));
      Platform platform = PLATFORMS.get(random.nextInt(PLATFORMS.size()));
      switch (random.nextInt(10)) {
        case 0 -> world.disconnect(node);
        case 1 -> world.forceLogout(platform, tokens(platform));
        default -> world.login(node, platform, tokens(platform).get(random.nextInt(TOKENS)));
      }
    }
    world.run();
    return world;
  }

  private static final int TOKENS = 3;

  private static List<String> tokens(Platform platform) {
    List<String> tokens = new ArrayList<>();
    for (int i = 0; i < TOKENS; i++) {
      tokens.add(platform + " " + i);
    }
    return tokens;
  }

  @Test
  void noScheduleViolatesTheRules() {
    long base = TestSeeds.choose();
    System.out.println("LoginSchedulesTest: HONGYAN_SEED=" + base);
    int alive = 0;
    for (int i = 0; i < SCHEDULES; i++) {
      LoginWorld world = play(base + i, Without.NOTHING);
      assertThat(world.violations()).as("HONGYAN_SEED=%d", base + i).isEmpty();
      alive += world.live().size();
    }
    assertThat(alive).as("the schedules are not trivial").isGreaterThan(SCHEDULES);
  }

  @ParameterizedTest
  @EnumSource(value = Without.class, mode = EnumSource.Mode.EXCLUDE, names = "NOTHING")
  void theSchedulesNoticeEachRuleThatIsLeftOut(Without without) {
    int violated = 0;
    for (int i = 0; i < SCHEDULES && violated == 0; i++) {
      violated += play(i, without).violations().isEmpty() ? 0 : 1;
    }
    assertThat(violated).isPositive();
  }
}
