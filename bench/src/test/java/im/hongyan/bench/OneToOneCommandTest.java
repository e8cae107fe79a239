package im.hongyan.bench;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.client.fake.FakeIm.Fate;
import im.hongyan.proto.sdkws.MsgData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Proves against a server in memory that a run counts what was sent, refused, lost and doubled, and
 * that its exit status says whether all is well. What the driver's CPU does is not judged here.
 */
@Timeout(60)
class OneToOneCommandTest {
  private Bench bench;

  @BeforeEach
  void start() throws IOException {
    bench = new Bench();
  }

  @AfterEach
  void stop() throws IOException {
    bench.close();
  }

  private int run(String... more) {
    String[] all = new String[more.length + 2];
    all[0] = "--users";
    all[1] = "4";
    System.arraycopy(more, 0, all, 2, more.length);
    return bench.run("one-to-one", all);
  }

  @Test
  void everyMessageOfAGoodServerArrives(@TempDir Path folder) throws IOException {
    Path json = folder.resolve("report.json");
    Path html = folder.resolve("report.html");
    run("--json", json.toString(), "--html", html.toString());
    assertThat(bench.out())
        .contains("--users 4 --peers 3 --rate 50 --arrivals constant")
        .contains("--encoding gob")
        .contains("sent 30 ", "acknowledged 30, refused 0, received 30, missing 0, duplicates 0")
        .contains("| send -> received | 20 |");
    assertThat(Files.readString(json)).contains("\"received\":30,\"missing\":0");
    assertThat(Files.readString(html)).contains("<polyline", "acknowledged 30", "</html>");
  }

  @Test
  void lostDoubledAndRefusedMessagesAreCounted() {
    AtomicInteger number = new AtomicInteger();
    bench.server.decide((MsgData message) ->
        switch (number.incrementAndGet()) {
          case 3 -> Fate.LOST;
          case 5 -> Fate.PUSHED_TWICE;
          case 7 -> Fate.REFUSED;
          default -> Fate.DELIVERED;
        });
    assertThat(run("--drain", "1s")).isEqualTo(1);
    assertThat(bench.out())
        .contains("acknowledged 29, refused 1, received 28, missing 1, duplicates 1")
        .contains("first problem: 1302 BlockedByPeer")
        .contains("FAILED: messages are missing");
  }

  @Test
  void aGoodServerPassesTheCheck() {
    run("--check");
    assertThat(bench.out()).contains("check: 14 rules hold over").doesNotContain("CHECK FAILED");
  }

  @Test
  void aServerWithoutDeduplicationFailsTheCheck() {
    bench.server.deduplicate(false);
    assertThat(run("--check")).isEqualTo(1);
    assertThat(bench.out())
        .contains("CHECK FAILED")
        .contains("  duplicate: ")
        .contains("  ids or times differ: ")
        .contains("first counterexample:");
  }

  @Test
  void aPushThatComesTwiceFailsTheCheck() {
    AtomicInteger number = new AtomicInteger();
    bench.server.decide(_ -> number.incrementAndGet() == 5 ? Fate.PUSHED_TWICE : Fate.DELIVERED);
    assertThat(run("--check")).isEqualTo(1);
    assertThat(bench.out()).contains("was pushed to").contains("twice");
  }

  @Test
  void aRampTriesHigherRatesAndNamesTheBest(@TempDir Path folder) throws IOException {
    Path json = folder.resolve("report.json");
    run("--ramp-to", "60", "--bound", "20s", "--json", json.toString());
    assertThat(bench.out())
        .contains("50/s holds")
        .contains("60/s holds")
        .contains("highest rate with p99 within 20000 ms: 60/s");
    assertThat(Files.readAllLines(json)).hasSize(2);
  }

  @Test
  void aBusyDriverMakesTheRunVoid() {
    assertThat(run("--max-driver-cores", "0")).isEqualTo(1);
    assertThat(bench.out()).contains("VOID: the driver used more than 0 % of a core");
  }

  @Test
  void aWrongSecretIsOneLine() {
    assertThat(run("--secret", "wrong")).isEqualTo(1);
    assertThat(bench.err())
        .isEqualToNormalizingNewlines(
            "hongyan bench: the server refuses: 1002 NoPermissionError: secret invalid\n");
  }

  @Test
  void aProcessThatIsNotThereIsNamedBeforeAnythingIsSent() {
    assertThat(run("--pids", "999999999")).isEqualTo(1);
    assertThat(bench.err()).contains("no process 999999999");
    assertThat(bench.out()).doesNotContain("users are there");
  }

  @Test
  void impossiblePlansAreOneLine() {
    assertThat(run("--users", "1")).isEqualTo(2);
    assertThat(bench.err()).contains("it takes two to talk");
  }
}
