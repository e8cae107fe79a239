package im.hongyan.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.client.session.LoginOptions;
import im.hongyan.proto.msg.SetConversationHasReadSeqReq;
import im.hongyan.testkit.system.SystemAddress;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.json.GoJsonWriter;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Proves that the answer of a REST call reaches its caller before the notification that the call
 * causes: once the notification is here, the answer waits in the other socket. The wait for the
 * answer is longer than any pause of the machine.
 */
class EchoesE2E {
  private static final int CALLS = 50;
  private static final int READ = 2200;
  private static OwnSystem running;
  private static SystemAddress system;

  @BeforeAll
  static void start() {
    running = OwnSystem.start(Map.of("gateway.ws.answerWait", "20s"));
    system = running.address();
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  private static void ask(Socket socket, String token, String conversation, String user)
      throws IOException {
    byte[] body =
        GoJsonWriter.toBytes(
            SetConversationHasReadSeqReq.newBuilder()
                .setConversationID(conversation)
                .setUserID(user)
                .setHasReadSeq(1)
                .build());
    String head =
        "POST /msg/set_conversation_has_read_seq HTTP/1.1\r\nHost: x\r\noperationID: 1\r\ntoken: "
            + token
            + "\r\nContent-Length: "
            + body.length
            + "\r\n\r\n";
    byte[] headers = head.getBytes(StandardCharsets.US_ASCII);
    socket.getOutputStream().write(headers);
    socket.getOutputStream().write(body);
  }

  /** The answer, as far as its end of an envelope without data. */
  private static String answer(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    StringBuilder answer = new StringBuilder();
    while (answer.indexOf("\"errDlt\"") < 0 || answer.charAt(answer.length() - 1) != '}') {
      answer.append((char) in.read());
    }
    return answer.toString();
  }

  @Test
  void theCallersOwnNotificationComesBehindTheAnswer() throws Exception {
    LoginOptions login = ChatPair.login(system, "bob");
    String api = system.api().getHost();
    try (TestUser alice = new TestUser(ChatPair.login(system, "alice"));
        TestUser bob = new TestUser(login);
        Socket http = new Socket(api, system.api().getPort())) {
      alice.send(alice.text(bob.id(), "to be read"));
      bob.awaitPush();
      String conversation = ConversationId.single(alice.id(), bob.id()).value();
      for (int i = 0; i < CALLS; i++) {
        ask(http, login.token(), conversation, bob.id());
        assertThat(bob.awaitPush().message().getContentType()).isEqualTo(READ);
        assertThat(http.getInputStream().available()).as("call %d", i).isPositive();
        assertThat(answer(http)).contains("\"errCode\":0");
      }
    }
  }
}
