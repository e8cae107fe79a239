package im.hongyan.standalone.chat;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.testkit.system.RunningSystem;
import im.hongyan.testkit.system.SharedSystem;
import im.hongyan.testkit.system.SystemAddress;
import im.hongyan.wire.id.MessageIds;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import picocli.CommandLine;

/** Proves that two people become friends in their terminals, and see it. */
@ExtendWith(SharedSystem.class)
class ChatFriendsE2E {
  private static FutureTask<Integer> chat(
      SystemAddress system, Terminal terminal, String user, String peer) {
    ChatMain main =
        new ChatMain(
            terminal.in(),
            terminal.out(),
            new PrintWriter(System.err, true, StandardCharsets.UTF_8));
    FutureTask<Integer> task =
        new FutureTask<>(() ->
            new CommandLine(main)
                .execute(
                    user,
                    peer,
                    "--register",
                    "--api=" + system.api(),
                    "--ws=" + system.ws(),
                    "--secret=" + system.secret()));
    Thread.startVirtualThread(task);
    return task;
  }

  private static String answer(Terminal terminal, String line) throws InterruptedException {
    terminal.type(line);
    return terminal.line();
  }

  @Test
  void peopleBecomeFriendsByName(RunningSystem shared) throws Exception {
    String alice = "alice" + MessageIds.next().substring(0, 8);
    String bob = "bob" + MessageIds.next().substring(0, 8);
    Terminal a = new Terminal();
    Terminal b = new Terminal();
    FutureTask<Integer> first = chat(shared.address(), a, alice, bob);
    FutureTask<Integer> second = chat(shared.address(), b, bob, alice);
    assertThat(answer(a, "/who " + bob)).isEqualTo("-- " + bob + ", called " + bob);
    assertThat(answer(b, "/friends")).isEqualTo("-- friends: 0");
    assertThat(answer(a, "/add " + bob + " it is me")).isEqualTo("-- asked " + bob);
    assertThat(b.line()).startsWith("-- " + alice + " wants to be your friend; /accept ");
    assertThat(answer(b, "/requests")).isEqualTo("-- requests: 1");
    assertThat(b.line()).isEqualTo("-- " + alice + ", called " + alice + ": it is me");
    b.type("/accept " + alice);
    assertThat(new String[] {b.line(), b.line()})
        .anyMatch(line -> line.equals("-- you are friends with " + alice))
        .anyMatch(line -> line.endsWith(" " + bob + ": [you are friends now]"));
    assertThat(a.line()).endsWith(" " + bob + ": [you are friends now]");
    assertThat(answer(a, "/remark " + bob + " The Bob")).endsWith(" is called The Bob");
    assertThat(answer(a, "/pin " + bob)).isEqualTo("-- " + bob + " comes first");
    assertThat(answer(a, "/friends")).isEqualTo("-- friends: 1");
    assertThat(a.line()).isEqualTo("-- " + bob + ", called The Bob, pinned");
    assertThat(answer(a, "/block " + bob)).isEqualTo("-- blocked " + bob);
    assertThat(answer(a, "/blocked")).isEqualTo("-- blocked: 1");
    assertThat(a.line()).isEqualTo("-- " + bob);
    assertThat(answer(a, "/unblock " + bob)).isEqualTo("-- unblocked " + bob);
    assertThat(answer(a, "/remove " + bob)).isEqualTo("-- removed " + bob);
    assertThat(answer(a, "/accept " + bob)).startsWith("-- not done, 1004 ");
    a.type("/quit");
    b.type("/quit");
    assertThat(first.get()).as("a line was refused").isEqualTo(1);
    assertThat(second.get()).isZero();
  }
}
