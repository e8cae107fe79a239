package im.hongyan.bench;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.client.fake.FakeIm;
import im.hongyan.client.fake.FakeIm.Fate;
import im.hongyan.proto.sdkws.MsgData;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * Proves against a server in memory that a run counts what was sent, refused, lost and doubled, and
 * that its exit status says whether all is well. What the driver's CPU does is not judged here.
 */
@Timeout(60)
class OneToOneCommandTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private FakeIm server;

  @BeforeEach
  void start() throws IOException {
    server = new FakeIm();
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  @Test
  void everyMessageOfAGoodServerArrives(@TempDir Path folder) throws IOException {
    Path json = folder.resolve("report.json");
    run("--drain", "20s", "--json", json.toString());
    assertThat(out.toString())
        .contains("--users 4 --peers 3 --rate 50 --arrivals constant --encoding gob")
        .contains("sent 30 ", "acknowledged 30, refused 0, received 30, missing 0, duplicates 0")
        .contains("| send -> received | 20 |");
    assertThat(Files.readString(json)).contains("\"received\":30,\"missing\":0");
  }

  @Test
  void lostDoubledAndRefusedMessagesAreCounted() {
    AtomicInteger number = new AtomicInteger();
    server.decide((MsgData message) ->
        switch (number.incrementAndGet()) {
          case 3 -> Fate.LOST;
          case 5 -> Fate.PUSHED_TWICE;
          case 7 -> Fate.REFUSED;
          default -> Fate.DELIVERED;
        });
    assertThat(run("--drain", "1s")).isEqualTo(1);
    assertThat(out.toString())
        .contains("acknowledged 29, refused 1, received 28, missing 1, duplicates 1")
        .contains("first problem: 1302 BlockedByPeer")
        .contains("FAILED: messages are missing");
  }

  @Test
  void aWrongSecretIsOneLine() {
    assertThat(run("--secret", "wrong")).isEqualTo(1);
    assertThat(err.toString())
        .isEqualToNormalizingNewlines(
            "hongyan bench: the server refuses: 1002 NoPermissionError: secret invalid\n");
  }

  @Test
  void aProcessThatIsNotThereIsNamedBeforeAnythingIsSent() {
    assertThat(run("--pids", "999999999")).isEqualTo(1);
    assertThat(err.toString()).contains("no process 999999999");
    assertThat(out.toString()).doesNotContain("online");
  }

  private int run(String... more) {
    CommandLine line = BenchMain.commandLine();
    line.setOut(new PrintWriter(out));
    line.setErr(new PrintWriter(err, true));
    line.setOverwrittenOptionsAllowed(true);
    String[] common = {
      "one-to-one",
      "--api",
      server.api().toString(),
      "--ws",
      server.gateway().toString(),
      "--secret",
      "openIM123",
      "--users",
      "4",
      "--rate",
      "50",
      "--warmup",
      "0.2s",
      "--duration",
      "0.4s",
      "--seed",
      "1"
    };
    String[] all = Arrays.copyOf(common, common.length + more.length);
    System.arraycopy(more, 0, all, common.length, more.length);
    return line.execute(all);
  }
}
