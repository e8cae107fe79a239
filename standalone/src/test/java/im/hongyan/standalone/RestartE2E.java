package im.hongyan.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.client.session.LoginOptions;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.testkit.Eventually;
import im.hongyan.testkit.system.RunningSystem;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.wire.id.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Proves that {@code /restart} starts the services of {@code run} again in place: with the settings
 * as they are then, over the same data, and not at all where they could not start.
 */
class RestartE2E {
  private static final Pattern AGAIN = Pattern.compile("Hongyan serves again");

  @TempDir private Path folder;

  @Test
  void aRestartKeepsTheDataAndTheSeqsGoOn() throws IOException {
    Path data = folder.resolve("data");
    Path file = RunningSystem.config(data);
    try (RunningSystem system = RunningSystem.start(data)) {
      long pid = system.program().pid();
      List<ProcessHandle> children = system.children();
      LoginOptions alice = system.address().login("alice", Platform.ANDROID);
      LoginOptions bob = system.address().login("bob", Platform.IOS);
      List<String> sent = new ArrayList<>();
      say(alice, "bob", "before", sent);

      try (AdminRoutes admin = new AdminRoutes(system.address())) {
        Files.writeString(file, "msg:\n  conversationRate: none\n");
        assertThat(admin.body("/restart", "")).isEqualTo(AdminRoutes.OK);
        system
            .program()
            .awaitLine(
                Pattern.compile("not started again, and nothing"), RunningSystem.START_LIMIT);
        assertThat(system.program().output()).doesNotContainPattern(AGAIN);
        say(alice, "bob", "nothing was stopped", sent);

        Files.writeString(file, "msg:\n  conversationRate: 2400\n");
        assertThat(admin.body("/restart", "")).isEqualTo(AdminRoutes.OK);
        system.program().awaitLine(AGAIN, RunningSystem.START_LIMIT);
        assertThat(admin.data("/config/get_config", "{\"configName\":\"msg\"}").asString())
            .contains("\"conversationRate\":2400");
      }
      assertThat(system.program().pid()).isEqualTo(pid);
      assertThat(system.children()).containsExactlyInAnyOrderElementsOf(children);
      say(alice, "bob", "after", sent);
      try (TestUser reader = new TestUser(bob)) {
        List<MsgData> all = reader.pull("si_alice_bob", 1, 10);
        assertThat(all).extracting(MsgData::getClientMsgID).isEqualTo(sent);
        assertThat(all).extracting(MsgData::getSeq).containsExactly(1L, 2L, 3L);
      }
    }
  }

  private static void say(LoginOptions from, String to, String text, List<String> sent) {
    MsgData[] message = new MsgData[1];
    Eventually.eventually(() -> {
      try (TestUser sender = new TestUser(from)) {
        if (message[0] == null) {
          message[0] = sender.text(to, text);
        }
        sender.send(message[0]);
        String id = message[0].getClientMsgID();
        while (!sender.awaitPush().message().getClientMsgID().equals(id)) {}
      }
    });
    sent.add(Objects.requireNonNull(message[0]).getClientMsgID());
  }
}
