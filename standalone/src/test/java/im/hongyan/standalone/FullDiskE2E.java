package im.hongyan.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.testkit.Eventually;
import im.hongyan.testkit.system.RunningSystem;
import im.hongyan.testkit.system.SystemAddress;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.Platform;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Proves that a full disk refuses sends with 500, that the system comes back by itself once there
 * is room, and that nothing acknowledged is lost. Needs the right to mount a small file system.
 */
class FullDiskE2E {
  private static final String SIZE = "size=600m";
  private static final int BLOCK_BYTES = 1 << 16;
  private static final int LANES = 4;
  private static final String CONVERSATION = "si_alice_bob";
  private static final Duration TIMEOUT = Duration.ofMinutes(3);

  @TempDir private Path folder;

  @Test
  void aFullDiskRefusesSendsAndComesBackByItself() throws Exception {
    Path disk = Files.createDirectory(folder.resolve("disk"));
    boolean mounted = run("mount", "-t", "tmpfs", "-o", SIZE, "none", disk.toString()) == 0;
    if (!mounted) {
      System.out.println("SKIPPED FullDiskE2E: this user may not mount a file system");
    }
    assumeTrue(mounted, "mounting is not allowed");
    try {
      check(disk);
    } finally {
      run("umount", "--lazy", disk.toString());
    }
  }

  private static void check(Path disk) throws IOException {
    try (RunningSystem running = RunningSystem.start(disk.resolve("data"))) {
      SystemAddress system = running.address();
      List<String> acked = new ArrayList<>();
      system.login("bob", Platform.IOS);
      try (TestUser alice = new TestUser(system.login("alice", Platform.IOS))) {
        send(alice, acked);
        Path filler = fill(disk);
        assertThatThrownBy(() -> sendMany(alice, acked))
            .isInstanceOfSatisfying(
                ImException.class, e -> assertThat(e.code()).isEqualTo(ImError.INTERNAL.code()));
        Files.delete(filler);
      }
      Eventually.eventually(
          TIMEOUT,
          () -> {
            try (TestUser again = new TestUser(system.login("alice", Platform.IOS))) {
              send(again, acked);
            }
          });
      try (StoredMessages stored = StoredMessages.of(running.data())) {
        Eventually.eventually(
            TIMEOUT,
            () ->
                assertThat(stored.history(CONVERSATION, stored.seqs(CONVERSATION)))
                    .extracting(MsgData::getClientMsgID)
                    .containsSubsequence(acked));
        Eventually.eventually(TIMEOUT, () -> LaneLag.requireNone(LANES, system.api()));
        List<Long> seqs = stored.seqs(CONVERSATION);
        assertThat(seqs.getLast()).isEqualTo(seqs.size());
        assertThat(stored.inbox(CONVERSATION, seqs)).isEqualTo(stored.history(CONVERSATION, seqs));
      } catch (AssertionError e) {
        System.out.println(running.program().output());
        throw e;
      }
    }
  }

  private static void send(TestUser alice, List<String> acked) {
    MsgData message = alice.text("bob", "x".repeat(2_000));
    alice.send(message);
    acked.add(message.getClientMsgID());
  }

  /** Sends until one is refused: buffers within files may still take some. */
  private static void sendMany(TestUser alice, List<String> acked) {
    for (int i = 0; i < 100_000; i++) {
      send(alice, acked);
    }
  }

  private static Path fill(Path disk) throws IOException {
    Path filler = disk.resolve("filler");
    byte[] block = new byte[BLOCK_BYTES];
    try (OutputStream out = Files.newOutputStream(filler)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException full) {
      return filler;
    }
  }

  private static int run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).start().waitFor();
  }
}
