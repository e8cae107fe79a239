package im.hongyan.bench;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.client.fake.FakeIm.Fate;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Proves of every other scenario that it does what it says, against a server in memory. */
@Timeout(60)
class ScenarioCommandsTest {
  private Bench bench;

  @BeforeEach
  void start() throws IOException {
    bench = new Bench();
  }

  @AfterEach
  void stop() throws IOException {
    bench.close();
  }

  @Test
  void aHotConversationIsOneOfTwoUsers() {
    bench.run("hot-conversation", "--check");
    assertThat(bench.out())
        .contains("acknowledged 30, refused 0, received 30, missing 0, duplicates 0")
        .contains("rules hold");
  }

  @Test
  void aHotConversationOfMoreUsersIsAGroup() {
    bench.run("hot-conversation", "--users", "5", "--check");
    assertThat(bench.out())
        .contains("acknowledged 30, refused 0, received 120, missing 0, duplicates 0")
        .contains("rules hold");
  }

  @Test
  void aGroupMessageReachesEveryOtherMemberOnline() {
    bench.run("group-fanout", "--users", "13", "--members", "6", "--online", "0.5", "--check");
    assertThat(bench.out())
        .contains("acknowledged 30, refused 0, received 60, missing 0, duplicates 0")
        .contains("2 groups of 6 members, 3 of each online; every message makes 2 deliveries")
        .contains("rules hold");
  }

  @Test
  void everyLoginOfAStormIsAnswered() {
    bench.run("connect-storm", "--users", "20");
    assertThat(bench.out())
        .contains("acknowledged 30, refused 0, received 30, missing 0")
        .contains("| login -> connected | 20 |", "| login -> first answer | 20 |");
  }

  @Test
  void aStormMayUseTheSameTokens() {
    bench.run("connect-storm", "--users", "20", "--cached-tokens");
    assertThat(bench.out()).contains("--cached-tokens").contains("received 30, missing 0");
  }

  @Test
  void idleUsersStayConnectedAndProbesAreAnswered() {
    long self = ProcessHandle.current().pid();
    bench.run("idle", "--users", "12", "--pids", Long.toString(self));
    assertThat(bench.out())
        .contains("connections: 12, lost 0")
        .contains("per connection")
        .contains("| probe -> answered | 20 |")
        .contains("acknowledged 30, refused 0, received 0, missing 0");
  }

  @Test
  void aBacklogIsPulledWhole() {
    bench.run("backlog", "--users", "8", "--messages", "120", "--check");
    assertThat(bench.out())
        .contains("backlog: 120 of 120 messages pulled in")
        .contains("missing 0")
        .contains("rules hold");
  }

  @Test
  void everyRestCallIsAnswered() {
    bench.run("rest", "--users", "5");
    assertThat(bench.out())
        .contains("| call -> answered | 20 |")
        .contains("acknowledged 30, refused 0, received 0, missing 0");
  }

  @Test
  void aMixedDayOfAGoodServerPassesTheCheck() {
    bench.run("mixed-day", "--users", "16", "--members", "4", "--rate", "300");
    assertThat(bench.out())
        .contains("acknowledged 180, refused 0")
        .contains("missing 0")
        .contains("rules hold")
        .doesNotContain("first problem");
  }

  @Test
  void aMixedDayWithoutDeduplicationFailsTheCheck() {
    bench.server.deduplicate(false);
    assertThat(bench.run("mixed-day", "--users", "16", "--members", "4")).isEqualTo(1);
    assertThat(bench.out()).contains("CHECK FAILED");
  }

  @Test
  void messagesThatAreNeverPushedAreMissing() {
    bench.server.decide(_ -> Fate.LOST);
    assertThat(bench.run("hot-conversation", "--drain", "0.1s")).isEqualTo(1);
    assertThat(bench.out()).contains("received 0, missing 30");
  }
}
