package im.hongyan.standalone.chat;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import im.hongyan.client.fake.FakeIm;
import im.hongyan.client.fake.FakeIm.Fate;
import im.hongyan.proto.sdkws.MsgData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

/**
 * Proves the terminal chat against a server in memory: history, both directions, pipes, and one
 * readable line for each thing that can be wrong.
 */
@Timeout(60)
class ChatMainTest {
  private final Terminal terminal = new Terminal();
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
  void theLastTwentyMessagesComeFirstThenBothSidesTalk() throws Exception {
    for (int i = 1; i <= 25; i++) {
      server.deliver(message("bob", "alice", "old " + i));
    }
    server.decide(this::answeredByBob);
    FutureTask<Integer> chat = chat("alice", "bob", "--register");
    for (int i = 6; i <= 25; i++) {
      assertThat(terminal.line()).matches("\\d\\d:\\d\\d bob: old " + i);
    }
    terminal.type("how are you?");
    assertThat(terminal.line()).endsWith(" bob: you said how are you?");
    terminal.type("/quit");
    assertThat(chat.get()).isZero();
    assertThat(server.stored("alice", "bob").getLast().getContent().toStringUtf8())
        .isEqualTo("{\"content\":\"how are you?\"}");
  }

  private Fate answeredByBob(MsgData message) {
    try {
      String text = TextContent.read(message.getContent());
      server.deliver(message("bob", "alice", "you said " + text));
      return Fate.DELIVERED;
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  @Test
  void aPipeSendsEveryLineAndOneThatIsRefusedIsShown() throws Exception {
    server.decide(message ->
        message.getContent().toStringUtf8().contains("two") ? Fate.REFUSED : Fate.DELIVERED);
    FutureTask<Integer> chat = chat("alice", "bob", "--register", "--linger", "0s");
    List.of("one", "", "two", "three").forEach(terminal::type);
    terminal.endInput();
    assertThat(chat.get()).isEqualTo(1);
    assertThat(terminal.line()).isEqualTo("-- not sent, 1302 BlockedByPeer: two");
    List<String> stored = new ArrayList<>();
    server
        .stored("alice", "bob")
        .forEach(message -> stored.add(TextContent.read(message.getContent())));
    assertThat(stored).containsExactly("one", "three");
  }

  @Test
  void everyFailureIsOneReadableLine() throws Exception {
    assertThat(chat("alice", "bob").get()).isEqualTo(1);
    assertThat(terminal.line())
        .isEqualTo(
            "hongyan chat: user 'alice' is unknown at " + server.api() + "; --register makes it");
    assertThat(chat("alice", "bob", "--secret", "wrong").get()).isEqualTo(1);
    assertThat(terminal.line())
        .startsWith("hongyan chat: the secret is not that of " + server.api());
    assertThat(chat("alice", "bob", "--token", "old").get()).isEqualTo(1);
    assertThat(terminal.line()).endsWith("logged out: TokenNotExistError");
    assertThat(chat("alice", "bob", "--api", "http://192.0.2.1:10002").get()).isEqualTo(1);
    assertThat(terminal.line()).startsWith("hongyan chat: give --token or --secret");
    server.close();
    assertThat(chat("alice", "bob").get()).isEqualTo(1);
    assertThat(terminal.line()).startsWith("hongyan chat: no server answers at " + server.api());
  }

  private FutureTask<Integer> chat(String... arguments) {
    List<String> all = new ArrayList<>(List.of("--api", server.api().toString()));
    all.addAll(List.of("--ws", server.gateway().toString()));
    all.addAll(List.of(arguments));
    ChatMain chat = new ChatMain(terminal.in(), terminal.out(), terminal.out());
    CommandLine line = new CommandLine(chat).setOverwrittenOptionsAllowed(true);
    FutureTask<Integer> task = new FutureTask<>(() -> line.execute(all.toArray(String[]::new)));
    Thread.ofVirtual().start(task);
    return task;
  }

  private static MsgData message(String from, String to, String text) {
    return MsgData.newBuilder()
        .setSendID(from)
        .setRecvID(to)
        .setContentType(101)
        .setContent(ByteString.copyFromUtf8("{\"content\":\"" + text + "\"}"))
        .setSendTime(1_767_225_600_000L)
        .build();
  }
}
