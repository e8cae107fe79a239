package im.hongyan.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.client.session.LoginOptions;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.testkit.system.Jvm;
import im.hongyan.testkit.system.RunningSystem;
import im.hongyan.testkit.system.TestProgram;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.wire.id.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proves how {@code ./hongyan run} starts, stops, and says in one line why it cannot start. */
class StartE2E {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({
    "HONGYAN_MYSQL_ADDRESS, 127.0.0.1:1, MySQL at 127.0.0.1:1 does not answer, mysql.address",
    "HONGYAN_REDIS_URI, redis://127.0.0.1:1, Redis at 127.0.0.1:1 does not answer, redis.uri",
    "HONGYAN_MONGO_URI, mongodb://127.0.0.1:1, MongoDB at 127.0.0.1:1 does not answer, mongo.uri",
    "HONGYAN_KAFKA_ADDRESS, 127.0.0.1:1, Kafka at 127.0.0.1:1 does not answer, kafka.address",
    "HONGYAN_SHARE_SECRETT, x, unknown setting HONGYAN_SHARE_SECRETT, HONGYAN_SHARE_SECRET?",
    "HONGYAN_GATEWAY_WS_PORT, many, gateway.ws.port must be a number, not 'many'",
    "HONGYAN_GATEWAY_WS_LISTEN, 0.0.0.0, share.secret is the default, choose your own",
    "HONGYAN_GATEWAY_HTTP_LISTEN, 0.0.0.0, share.secret is the default, choose your own"
  })
  void whatPreventsTheStartIsNamedInOneLine(
      String variable, String value, String problem, String remedy) {
    TestProgram program = run(Map.of(variable, value), "--ephemeral", "--api-port=0");
    assertThat(program.awaitExit()).isEqualTo(1);
    assertThat(program.output().lines().filter(line -> line.startsWith("hongyan: ")))
        .singleElement()
        .asString()
        .contains(problem, remedy)
        .doesNotContain("Exception");
  }

  @Test
  void aSecondRunOverTheSameDataIsRefused() {
    Path data = folder.resolve("data");
    try (RunningSystem first = RunningSystem.start(data)) {
      TestProgram second = run(Map.of(), "--data=" + data, "--api-port=0", "--ws-port=0");
      assertThat(second.awaitExit()).isEqualTo(1);
      assertThat(second.output()).contains("hongyan: another hongyan uses " + data);
      assertThat(first.program().isAlive()).isTrue();
    }
  }

  @Test
  void aSignalEndsAllChildrenAndTheDataIsThereAfterTheNextStart() {
    try (RunningSystem system = RunningSystem.start(folder.resolve("data"))) {
      LoginOptions bobLogin = system.address().login("bob", Platform.IOS);
      String conversation = "si_alice_bob";
      MsgData sent;
      try (TestUser alice = new TestUser(system.address().login("alice", Platform.IOS))) {
        sent = alice.text("bob", "keep this");
        alice.send(sent);
        alice.awaitPush();
      }
      List<ProcessHandle> children = system.children();
      assertThat(children).hasSize(2).allMatch(ProcessHandle::isAlive);
      system.program().stop();
      assertThat(children).noneMatch(ProcessHandle::isAlive);

      system.startAgain();
      try (TestUser bob = new TestUser(bobLogin)) {
        assertThat(bob.pull(conversation, 1, 10))
            .extracting(MsgData::getClientMsgID)
            .containsExactly(sent.getClientMsgID());
      }
    }
  }

  @Test
  void aThrowAwayRunLeavesNothing() throws IOException {
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    TestProgram program =
        TestProgram.start(
            new TestProgram.JavaStart(
                "im.hongyan.standalone.RunMain",
                List.of("--ephemeral", "--api-port=0", "--ws-port=0"),
                Jvm.light("512m"),
                Map.of(
                    "HONGYAN_SHARE_SECRET",
                    RunningSystem.SECRET,
                    "JDK_JAVA_OPTIONS",
                    "-Djava.io.tmpdir=" + temporary),
                folder.resolve("log")));
    program.awaitLine(RunningSystem.SERVES, RunningSystem.START_LIMIT);
    program.stop();
    try (var left = Files.list(temporary)) {
      assertThat(left.filter(path -> path.getFileName().toString().startsWith("hongyan-")))
          .isEmpty();
    }
  }

  private TestProgram run(Map<String, String> environment, String... arguments) {
    Map<String, String> all = new HashMap<>(environment);
    return TestProgram.start(
        new TestProgram.JavaStart(
            "im.hongyan.standalone.RunMain",
            List.of(arguments),
            Jvm.light("512m"),
            all,
            folder.resolve("run.log")));
  }
}
