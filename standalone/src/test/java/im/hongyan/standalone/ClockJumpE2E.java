package im.hongyan.standalone;

import static im.hongyan.testkit.Eventually.eventually;
import static java.time.temporal.ChronoUnit.DAYS;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.embedded.DataFolder;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.testkit.RequiresTool;
import im.hongyan.testkit.system.RunningSystem;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.Platform;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Proves that {@code run} loses nothing when the machine's clock is 20 days ahead for one start,
 * which is longer than every retention, and right again for the next.
 */
class ClockJumpE2E {
  @TempDir private Path folder;

  @AfterEach
  void deleteLinks() throws IOException {
    DataFolder.delete(folder.resolve("path"));
  }

  @Test
  @RequiresTool("faketime")
  void aClockThatJumpsAheadAndBackTakesNothing() throws IOException {
    String suffix = MessageIds.next().substring(0, 8);
    String library = library();
    String path = pathWithout("redis-server");
    List<String> sent = new ArrayList<>();
    for (String offset : List.of("+0", "+20d", "+0")) {
      Map<String, String> clock =
          Map.of(
              "LD_PRELOAD",
              library,
              "FAKETIME",
              offset,
              // A JVM waits by the monotonic clock, as the library would not know.
              "FAKETIME_DONT_FAKE_MONOTONIC",
              "1",
              "FAKETIME_FORCE_MONOTONIC_FIX",
              "0",
              // The bundled Redis: Debian's asks for the time in its allocator, where the library
              // cannot answer.
              "PATH",
              path);
      try (RunningSystem running = RunningSystem.start(folder.resolve("data"), clock);
          TestUser alice = new TestUser(running.address().login("a" + suffix, Platform.IOS));
          TestUser bob = new TestUser(running.address().login("b" + suffix, Platform.IOS))) {
        MsgData message = alice.text(bob.id(), "at " + offset);
        eventually(() -> alice.send(message));
        sent.add(message.getClientMsgID());
        TestUser.Pushed pushed = bob.awaitPush();
        while (!pushed.message().getClientMsgID().equals(message.getClientMsgID())) {
          pushed = bob.awaitPush();
        }
        assertThat(pushed.message().getSendTime() > Instant.now().plus(19, DAYS).toEpochMilli())
            .as("its clock is ahead")
            .isEqualTo(offset.equals("+20d"));
        assertThat(bob.pull(pushed.conversationId(), 1, 10))
            .extracting(MsgData::getClientMsgID)
            .containsExactlyElementsOf(sent);
        try (RunStores stores = new RunStores(running.data())) {
          String conversation = pushed.conversationId();
          List<Long> seqs = LongStream.rangeClosed(1, sent.size()).boxed().toList();
          eventually(
              () -> assertThat(stores.history.find(conversation, seqs)).hasSize(sent.size()));
          eventually(() -> assertThat(stores.inbox.find(conversation, seqs)).hasSize(sent.size()));
        }
      }
    }
  }

  /** A folder that links to every program on PATH but one. */
  private String pathWithout(String program) throws IOException {
    Path links = Files.createDirectory(folder.resolve("path"));
    for (String place : System.getenv("PATH").split(File.pathSeparator, -1)) {
      if (!Files.isDirectory(Path.of(place))) {
        continue;
      }
      try (Stream<Path> programs = Files.list(Path.of(place))) {
        for (Path found : programs.toList()) {
          Path link = links.resolve(found.getFileName());
          if (!link.endsWith(program) && !Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
            Files.createSymbolicLink(link, found);
          }
        }
      }
    }
    return links.toString();
  }

  /** Where the tool has its library, which it puts before the program that it starts. */
  private static String library() throws IOException {
    Process process =
        new ProcessBuilder("faketime", "-m", "-f", "+0", "printenv", "LD_PRELOAD")
            .redirectErrorStream(true)
            .start();
    try (var output = process.getInputStream()) {
      return new String(output.readAllBytes(), StandardCharsets.UTF_8).strip();
    }
  }
}
