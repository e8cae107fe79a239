package im.hongyan.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.client.session.ReqId;
import im.hongyan.proto.sdkws.GetMaxSeqReq;
import im.hongyan.proto.sdkws.GetMaxSeqResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.testkit.Eventually;
import im.hongyan.testkit.system.RunningSystem;
import im.hongyan.testkit.system.SystemAddress;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Proves that a store which goes away makes requests fail with a coded error, that everything comes
 * back by itself with the store, and that nothing acknowledged is lost.
 */
class StoreOutageE2E {
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  @TempDir private static Path folder;
  private static RunningSystem running;
  private static SystemAddress system;

  @BeforeAll
  static void start() {
    running = RunningSystem.start(folder.resolve("data"));
    system = running.address();
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  private static TestUser user(String name) {
    String id = name + MessageIds.next().substring(0, 8);
    return new TestUser(system.login(id, Platform.ANDROID));
  }

  @ParameterizedTest
  @ValueSource(strings = {"redis", "mariadb"})
  void aKilledStoreIsStartedAgainAndNothingAcknowledgedIsLost(String store) {
    try (TestUser alice = user("alice");
        TestUser bob = user("bob")) {
      ProcessHandle child = running.child(store);
      MsgData first = alice.text(bob.id(), "before");
      alice.send(first);
      child.destroyForcibly();
      child.onExit().join();

      MsgData second = alice.text(bob.id(), "after");
      Eventually.eventually(TIMEOUT, () -> alice.send(second));
      String conversation = bob.awaitPush().conversationId();
      Eventually.eventually(
          TIMEOUT,
          () ->
              assertThat(bob.pull(conversation, 1, 10))
                  .extracting(MsgData::getClientMsgID)
                  .containsExactly(first.getClientMsgID(), second.getClientMsgID()));
      assertThat(running.child(store).pid()).isNotEqualTo(child.pid());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"redis", "mariadb"})
  void aStoreThatDoesNotAnswerFailsReadsWith500AndComesBack(String store) throws IOException {
    try (TestUser alice = user("alice")) {
      long pid = running.child(store).pid();
      GetMaxSeqReq request = GetMaxSeqReq.newBuilder().setUserID(alice.id()).build();
      stop(pid);
      try {
        assertThatThrownBy(() -> alice.request(ReqId.GET_MAX_SEQ, request, GetMaxSeqResp.parser()))
            .isInstanceOfSatisfying(
                ImException.class, e -> assertThat(e.code()).isEqualTo(ImError.INTERNAL.code()));
      } finally {
        signal("-CONT", pid);
      }
      Eventually.eventually(
          TIMEOUT, () -> alice.request(ReqId.GET_MAX_SEQ, request, GetMaxSeqResp.parser()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"redis"})
  void aSendThatTheLaneCannotTakeIsRefusedWith500AndItsResendIsStoredOnce(String store)
      throws IOException {
    try (TestUser alice = user("alice");
        TestUser bob = user("bob")) {
      alice.send(alice.text(bob.id(), "before"));
      String conversation = bob.awaitPush().conversationId();
      long pid = running.child(store).pid();
      MsgData message = alice.text(bob.id(), "meanwhile");
      stop(pid);
      try {
        assertThatThrownBy(() -> alice.send(message))
            .isInstanceOfSatisfying(
                ImException.class, e -> assertThat(e.code()).isEqualTo(ImError.INTERNAL.code()));
      } finally {
        signal("-CONT", pid);
      }
      Eventually.eventually(TIMEOUT, () -> alice.send(message));
      Eventually.eventually(
          TIMEOUT,
          () ->
              assertThat(bob.pull(conversation, 1, 10))
                  .extracting(MsgData::getSeq)
                  .isEqualTo(LongStream.rangeClosed(1, 2).boxed().toList()));
    }
  }

  /**
   * Stops a process and waits until each of its threads is stopped: the signal is taken by one of
   * them, and on a busy machine the others go on answering until that one is scheduled.
   */
  private static void stop(long pid) throws IOException {
    signal("-STOP", pid);
    Eventually.eventually(
        TIMEOUT,
        () -> {
          try (Stream<Path> threads = Files.list(Path.of("/proc/" + pid + "/task"))) {
            assertThat(threads)
                .allSatisfy(thread ->
                    assertThat(Files.readAllLines(thread.resolve("status")))
                        .anyMatch(line -> line.matches("State:\\s+T.*")));
          }
        });
  }

  private static void signal(String signal, long pid) throws IOException {
    try {
      Process kill =
          new ProcessBuilder(List.of("kill", signal, Long.toString(pid))).inheritIO().start();
      assertThat(kill.waitFor()).isZero();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
