package im.hongyan.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.client.session.LoginOptions;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.testkit.Eventually;
import im.hongyan.testkit.system.Jvm;
import im.hongyan.testkit.system.RunningSystem;
import im.hongyan.testkit.system.TestProgram;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.wire.id.Platform;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
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
    "HONGYAN_SHARE_SECRET, '', share.secret is empty, do not set it at all",
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

  /** None of them comes as far as to start a store. */
  @Test
  void aWrongCommandLineIsNamedAndNothingIsStarted() throws IOException {
    Path list = Files.writeString(folder.resolve("list.yml"), "- gateway.ws.port: 1\n");
    Path nowhere = folder.resolve("nope.yml");
    refused(1, "there is no file " + nowhere, "--config=" + nowhere);
    refused(1, list + " holds no settings", "--config=" + list);
    refused(2, "'--data'", "--data=");
    refused(2, "'--config'", "--config=");
    refused(1, "takes no --data", "--ephemeral", "--data=" + folder.resolve("data"));
    try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = other.getLocalPort();
      refused(
          1,
          "cannot listen on 127.0.0.1:" + port + " (Address already in use); set gateway.http.port",
          "--data=" + folder.resolve("data"),
          "--ws-port=0",
          "--api-port=" + port);
    }
    assertThat(folder.resolve("data")).doesNotExist();
  }

  private void refused(int status, String why, String... arguments) {
    TestProgram program = run(Map.of(), arguments);
    assertThat(program.awaitExit()).as(program.output()).isEqualTo(status);
    assertThat(program.output()).contains(why).doesNotContain("Exception", "\tat ");
  }

  @Test
  void tooFewOpenFilesAreNamedInOneLine() {
    List<String> command =
        List.of(
            "/bin/sh",
            "-c",
            "ulimit -n 256; exec \"$@\"",
            "sh",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            "im.hongyan.standalone.RunMain",
            "--ephemeral");
    TestProgram program = TestProgram.start(command, folder.resolve("run.log"));
    assertThat(program.awaitExit()).isEqualTo(1);
    assertThat(program.output())
        .contains("hongyan: this user may have 256 open files")
        .doesNotContain("Exception", "\tat ");
  }

  @Test
  void aSignalDuringTheStartLeavesNoStoreAndNoFolder() throws IOException {
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    TestProgram program = throwAway(temporary);
    List<ProcessHandle> children = new ArrayList<>();
    Eventually.eventually(() -> {
      assertThat(program.isAlive()).as(program.output()).isTrue();
      ProcessHandle.of(program.pid()).stream()
          .flatMap(ProcessHandle::children)
          .forEach(children::add);
      assertThat(children).isNotEmpty();
    });
    ProcessHandle.of(program.pid()).stream()
        .flatMap(ProcessHandle::descendants)
        .forEach(children::add);
    assertThat(program.stop()).isEqualTo(128 + 15);
    assertThat(program.output()).doesNotContain("Hongyan serves", "hongyan:");
    assertThat(children).noneMatch(ProcessHandle::isAlive);
    assertNothingLeft(temporary);
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

  /** The inbox and Redis may vanish: what they held comes back from history and the log. */
  @Test
  void aSignalEndsAllChildrenAndTheDataIsThereAfterTheNextStart() throws IOException {
    Path data = folder.resolve("it's my data");
    try (RunningSystem system = RunningSystem.start(data)) {
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

      damage(data);
      system.startAgain();
      assertThat(system.program().output())
          .contains("Redis cannot read its log", "the inbox's file is set aside", "holds no port");
      try (TestUser bob = new TestUser(bobLogin)) {
        assertThat(bob.pull(conversation, 1, 10))
            .extracting(MsgData::getClientMsgID)
            .containsExactly(sent.getClientMsgID());
      }
    }
  }

  /** Junk where the inbox, Redis and the ports of three stores were. */
  private static void damage(Path data) throws IOException {
    byte[] junk = "junk\r\n".repeat(2_000).getBytes(StandardCharsets.UTF_8);
    Files.write(data.resolve("mongo/inbox.h2"), junk);
    try (Stream<Path> files = Files.walk(data.resolve("redis"))) {
      for (Path log : files.filter(file -> file.toString().endsWith("aof")).toList()) {
        Files.write(log, junk);
      }
    }
    for (String store : List.of("kafka", "redis", "mariadb")) {
      Files.writeString(data.resolve("ports").resolve(store), "junk");
    }
  }

  @Test
  void aThrowAwayRunLeavesNothing() throws IOException {
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    TestProgram program = throwAway(temporary);
    program.awaitLine(RunningSystem.SERVES, RunningSystem.START_LIMIT);
    assertThat(program.output())
        .as("addresses as bound")
        .containsPattern("REST http://0\\.0\\.0\\.0:\\d+, WebSocket ws://127\\.0\\.0\\.1:\\d+,");
    program.stop();
    assertNothingLeft(temporary);
  }

  private TestProgram throwAway(Path temporary) {
    return TestProgram.start(
        new TestProgram.JavaStart(
            "im.hongyan.standalone.RunMain",
            List.of("--ephemeral", "--api-port=0", "--ws-port=0"),
            Jvm.light("512m"),
            Map.of(
                "HONGYAN_SHARE_SECRET",
                RunningSystem.SECRET,
                "HONGYAN_GATEWAY_HTTP_LISTEN",
                "0.0.0.0",
                // Kafka's own names are spelled otherwise in such a language.
                "JDK_JAVA_OPTIONS",
                "-Duser.language=tr -Duser.country=TR -Djava.io.tmpdir=" + temporary),
            folder.resolve("log")));
  }

  private static void assertNothingLeft(Path temporary) throws IOException {
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
