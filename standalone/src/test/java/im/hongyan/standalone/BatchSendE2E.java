package im.hongyan.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.testkit.Eventually;
import im.hongyan.testkit.system.RunningSystem;
import im.hongyan.testkit.system.SystemAddress;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.Platform;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Proves that a message to all users is sent in the background, can be asked for, goes on after
 * {@code kill -9}, and reaches each user exactly once (docs/protocol/messages.md).
 */
class BatchSendE2E {
  private static final int USERS = 150;
  private static final JsonMapper JSON = new JsonMapper();
  private static final Duration TIMEOUT = Duration.ofMinutes(3);

  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  private Path folder;

  private static JsonNode post(SystemAddress system, String path, String body)
      throws IOException, InterruptedException {
    String token = system.asAdmin(admin -> admin.token());
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(system.api().resolve(path))
              .header("operationID", MessageIds.next())
              .header("token", token)
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build();
      String answer = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
      assertThat(JSON.readTree(answer).get("errCode").asInt()).as(answer).isZero();
      return JSON.readTree(answer).get("data");
    }
  }

  private static JsonNode find(SystemAddress system, String job) {
    try {
      return post(system, "/msg/get_batch_send", "{\"jobID\":\"" + job + "\"}");
    } catch (IOException | InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aBatchToAllGoesOnAfterAKillAndDoublesNothing() throws Exception {
    try (RunningSystem running =
        RunningSystem.start(
            folder.resolve("data"), Map.of("HONGYAN_RELATION_BATCH_SEND_PER_SECOND", "10"))) {
      SystemAddress system = running.address();
      List<String> users = IntStream.range(0, USERS).mapToObj(i -> "user" + i).toList();
      system.asAdmin(admin -> {
        admin.register(users);
        return true;
      });
      JsonNode begun =
          post(
              system,
              "/msg/batch_send_msg",
              """
              {"sendID":"imAdmin","sessionType":1,"contentType":101,"content":{"content":"news"},
              "isSendAll":true,"recvIDs":[]}\
              """);
      assertThat(begun.toString())
          .startsWith("{\"results\":null,\"failedUserIDs\":null,\"jobID\":\"");
      String job = begun.get("jobID").asString();
      Eventually.until(
          "a part is sent",
          TIMEOUT,
          () -> {
            long done = find(system, job).get("done").asLong();
            assertThat(done).as("the kill comes within the job").isLessThan(USERS);
            return done > 0;
          });
      running.killJvm();
      running.startAgain();

      Eventually.until(
          "all is sent", TIMEOUT, () -> find(system, job).get("state").asString().equals("done"));
      JsonNode end = find(system, job);
      int all = USERS + 1;
      assertThat(
              List.of(
                  end.get("total").asInt(),
                  end.get("done").asInt(),
                  end.get("sent").asInt(),
                  end.get("failed").asInt()))
          .containsExactly(all, all, all, 0);
      assertThat(end.get("failedUserIDs").isNull()).isTrue();
      assertThat(end.get("endTime").asLong()).isGreaterThan(end.get("createTime").asLong());

      String clientId = end.get("clientMsgID").asString();
      try (StoredMessages stored = StoredMessages.of(running.data())) {
        for (String user : users) {
          String conversation = ConversationId.single("imAdmin", user).value();
          Eventually.eventually(
              TIMEOUT, () -> assertThat(stored.seqs(conversation)).containsExactly(1L));
          assertThat(stored.history(conversation, List.of(1L)).getFirst().getClientMsgID())
              .isEqualTo(clientId);
        }
      }
      try (TestUser user = new TestUser(system.login("user7", Platform.IOS))) {
        String conversation = ConversationId.single("imAdmin", "user7").value();
        assertThat(user.pull(conversation, 1, 10))
            .extracting(message -> message.getContent().toStringUtf8())
            .containsExactly("{\"content\":\"news\"}");
      }
    }
  }
}
