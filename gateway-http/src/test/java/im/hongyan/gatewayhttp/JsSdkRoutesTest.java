package im.hongyan.gatewayhttp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.config.ShareConfig;
import im.hongyan.kit.discovery.InProcessLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.lifecycle.Lifecycle;
import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.kit.service.Readiness;
import im.hongyan.kit.service.ServiceContext;
import im.hongyan.proto.auth.AuthGrpc;
import im.hongyan.proto.auth.parseTokenResp;
import im.hongyan.proto.conversation.Conversation;
import im.hongyan.proto.conversation.GetConversationsResp;
import im.hongyan.proto.conversation.conversationGrpc;
import im.hongyan.proto.group.GetGroupsInfoResp;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.proto.jssdk.GetActiveConversationsReq;
import im.hongyan.proto.jssdk.GetActiveConversationsResp;
import im.hongyan.proto.jssdk.GetConversationsReq;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqResp;
import im.hongyan.proto.msg.GetLastMessageResp;
import im.hongyan.proto.msg.Seqs;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.relation.FriendInfoOnly;
import im.hongyan.proto.relation.friendGrpc;
import im.hongyan.proto.relation.getFriendInfoResp;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.UserInfo;
import im.hongyan.proto.user.getDesignateUsersResp;
import im.hongyan.proto.user.userGrpc;
import im.hongyan.wire.json.ApiEnvelope;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Proves at the socket which conversations a page gets, in which order and of which parts, from
 * services that hold what each test puts there (rest-message.md 9). A token is the id of its user.
 */
class JsSdkRoutesTest {
  private static final String NAMED = "/jssdk/get_conversations";
  private static final String ACTIVE = "/jssdk/get_active_conversations";

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ShareConfig share =
      ShareConfig.from(Settings.load(Path.of("none"), Map.of(), Map.of()));
  private final Lifecycle lifecycle = new Lifecycle();
  private final HttpClient client = HttpClient.newHttpClient();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final Map<String, Seqs> seqs = new TreeMap<>();
  private final Map<String, MsgData> newest = new TreeMap<>();
  private final Map<String, Conversation> rows = new LinkedHashMap<>();
  private final List<String> pinned = new CopyOnWriteArrayList<>();
  private int port;

  @BeforeEach
  void serve() {
    InProcessLocator locator = lifecycle.add("locator", new InProcessLocator("n1"));
    locator.serve(ServiceName.AUTH, rpcs(this::tokens).services());
    locator.serve(ServiceName.MSG, rpcs(this::messages).services());
    locator.serve(ServiceName.RELATION, rpcs(this::relations).services());
    ServiceContext context =
        new ServiceContext(
            "n1", InstantSource.system(), meters, locator, lifecycle, new Readiness());
    Settings settings = Settings.load(Path.of("none"), Map.of(), Map.of("gateway.http.port", "0"));
    port =
        GatewayHttpModule.start(GatewayHttpConfig.from(settings), context, TestOperations.ALONE)
            .port();
  }

  @AfterEach
  void stop() {
    client.close();
    lifecycle.close();
  }

  private Rpcs rpcs(Feature feature) {
    return new Rpcs(share, meters).add(feature);
  }

  private void tokens(Rpcs rpcs) {
    rpcs.unary(
        AuthGrpc.getParseTokenMethod(),
        (caller, request) ->
            parseTokenResp.newBuilder().setUserID(request.getToken()).setPlatformID(5).build());
  }

  private void messages(Rpcs rpcs) {
    rpcs.unary(
        msgGrpc.getGetConversationsHasReadAndMaxSeqMethod(),
        (caller, request) -> {
          asked.add("seqs " + caller.userId() + request.getConversationIDsList());
          Map<String, Seqs> wanted = new TreeMap<>(seqs);
          if (request.getConversationIDsCount() > 0) {
            wanted.keySet().retainAll(request.getConversationIDsList());
          }
          return GetConversationsHasReadAndMaxSeqResp.newBuilder()
              .putAllSeqs(wanted)
              .addAllPinnedConversationIDs(pinned)
              .build();
        });
    rpcs.unary(
        msgGrpc.getGetLastMessageMethod(),
        (caller, request) -> {
          asked.add("newest " + caller.userId() + request.getConversationIDsCount());
          Map<String, MsgData> wanted = new TreeMap<>(newest);
          wanted.keySet().retainAll(request.getConversationIDsList());
          return GetLastMessageResp.newBuilder().putAllMsgs(wanted).build();
        });
  }

  private void relations(Rpcs rpcs) {
    rpcs.unary(
        conversationGrpc.getGetConversationsMethod(),
        (caller, request) -> {
          Map<String, Conversation> wanted = new LinkedHashMap<>(rows);
          wanted.keySet().retainAll(request.getConversationIDsList());
          return GetConversationsResp.newBuilder().addAllConversations(wanted.values()).build();
        });
    rpcs.unary(
        userGrpc.getGetDesignateUsersMethod(),
        (caller, request) ->
            getDesignateUsersResp
                .newBuilder()
                .addAllUsersInfo(
                    request.getUserIDsList().stream()
                        .filter(id -> !id.equals("gone"))
                        .map(id -> UserInfo.newBuilder().setUserID(id).build())
                        .toList())
                .build());
    rpcs.unary(
        friendGrpc.getGetFriendInfoMethod(),
        (caller, request) ->
            getFriendInfoResp
                .newBuilder()
                .addAllFriendInfos(
                    request.getFriendUserIDsList().stream()
                        .filter(id -> id.startsWith("friend"))
                        .map(id ->
                            FriendInfoOnly.newBuilder()
                                .setOwnerUserID(request.getOwnerUserID())
                                .setFriendUserID(id)
                                .build())
                        .toList())
                .build());
    rpcs.unary(
        groupGrpc.getGetGroupsInfoMethod(),
        (caller, request) ->
            GetGroupsInfoResp.newBuilder()
                .addAllGroupInfos(
                    request.getGroupIDsList().stream()
                        .map(id -> GroupInfo.newBuilder().setGroupID(id).build())
                        .toList())
                .build());
  }

  private void chat(String id, long maxSeq, long readSeq, long sentMillis) {
    boolean group = id.startsWith("sg_");
    String peer = id.substring(id.indexOf('_') + 1);
    rows.put(
        id,
        Conversation.newBuilder()
            .setOwnerUserID("alice")
            .setConversationID(id)
            .setUserID(group ? "" : peer)
            .setGroupID(group ? peer : "")
            .build());
    seqs.put(
        id,
        Seqs.newBuilder()
            .setMaxSeq(maxSeq)
            .setHasReadSeq(readSeq)
            .setMaxSeqTime(sentMillis)
            .build());
    newest.put(id, MsgData.newBuilder().setSeq(maxSeq).setSendTime(sentMillis).build());
  }

  private HttpResponse<String> post(String path, String type, byte[] body) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .headers("operationID", "op", "token", "alice")
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    if (!type.isEmpty()) {
      request.header("Content-Type", type);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private GetActiveConversationsResp ask(String path, String json) throws Exception {
    HttpResponse<String> answer = post(path, "", json.getBytes(StandardCharsets.UTF_8));
    // Both answers have the same fields.
    return ApiEnvelope.read(
        answer.body().getBytes(StandardCharsets.UTF_8),
        GetActiveConversationsResp.getDefaultInstance());
  }

  private static List<String> ids(GetActiveConversationsResp answer) {
    return answer.getConversationsList().stream()
        .map(one -> one.getConversation().getConversationID())
        .toList();
  }

  @Test
  void pinnedOnesComeFirstAndThenTheNewest() throws Exception {
    chat("si_old", 3, 1, 100);
    chat("sg_new", 7, 7, 900);
    chat("si_pinned", 2, 0, 50);
    chat("si_pinnedNew", 5, 9, 60);
    chat("si_never", 0, 0, 0);
    chat("si_without", 9, 0, 700);
    newest.remove("si_without");
    pinned.addAll(List.of("si_pinned", "si_pinnedNew", "si_never"));
    GetActiveConversationsResp all = ask(ACTIVE, "{\"ownerUserID\":\"eve\"}");
    assertThat(ids(all))
        .as("without a message it is left out")
        .containsExactly("si_pinnedNew", "si_pinned", "sg_new", "si_old");
    assertThat(all.getUnreadCount()).as("of all that are active").isEqualTo(2 + 2 + 9);
    assertThat(asked).contains("seqs alice[]", "newest alice5");
    GetActiveConversationsResp two = ask(ACTIVE, "{\"count\":2}");
    assertThat(ids(two)).containsExactly("si_pinnedNew", "si_pinned");
    assertThat(two.getUnreadCount()).isEqualTo(13);
  }

  @ParameterizedTest
  @CsvSource({"0,100", "-1,100", "501,100", "500,500", "100,100", "1,1", "9223372036854775807,100"})
  void aCountThatIsNoneIsAHundred(long count, int most) throws Exception {
    IntStream.range(0, 520).forEach(i -> chat("si_u" + i, 1, 1, i));
    GetActiveConversationsResp answer = ask(ACTIVE, "{\"count\":" + count + "}");
    assertThat(answer.getConversationsCount()).isEqualTo(most);
    assertThat(ids(answer)).first().isEqualTo("si_u519");
  }

  @Test
  void eachHasItsParts() throws Exception {
    chat("si_friend", 3, 1, 100);
    chat("si_stranger", 3, 1, 99);
    chat("si_gone", 3, 1, 98);
    chat("sg_flock", 4, 2, 97);
    GetActiveConversationsResp answer =
        ask(
            NAMED,
            "{\"ownerUserID\":\"eve\",\"conversationIDs\":[\"si_friend\",\"si_stranger\","
                + "\"si_gone\",\"sg_flock\",\"si_nowhere\",\"si_friend\",\"\"]}");
    assertThat(answer.getUnreadCount()).isEqualTo(8);
    assertThat(answer.getConversationsList())
        .extracting(one ->
            one.getConversation().getConversationID()
                + " "
                + (one.hasUser() ? one.getUser().getUserID() : "-")
                + " "
                + (one.hasFriend() ? one.getFriend().getFriendUserID() : "-")
                + " "
                + (one.hasGroup() ? one.getGroup().getGroupID() : "-")
                + " "
                + one.getLastMsg().getSeq()
                + " "
                + one.getMaxSeq()
                + " "
                + one.getReadSeq())
        .containsExactlyInAnyOrder(
            "si_friend friend friend - 3 3 1",
            "si_stranger stranger - - 3 3 1",
            "si_gone - - - 3 3 1",
            "sg_flock - - flock 4 4 2");
    assertThat(answer.getConversations(0).getFriend().getOwnerUserID()).isEqualTo("alice");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "null",
        "{\"conversationIDs\":null}",
        "{\"conversationIDs\":[]}",
        "{\"conversationIDs\":[\"\"]}",
        "{\"conversationIDs\":[\"si_nowhere\"]}"
      })
  void noneIsNoneAndNotAll(String body) throws Exception {
    chat("si_friend", 3, 1, 100);
    assertThat(post(NAMED, "", body.getBytes(StandardCharsets.UTF_8)).body())
        .isEqualTo(
            "{\"errCode\":0,\"errMsg\":\"\",\"errDlt\":\"\","
                + "\"data\":{\"unreadCount\":0,\"conversations\":null}}");
    assertThat(asked).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/protobuf", "application/x-protobuf; charset=x"})
  void protobufIsAnsweredByProtobuf(String type) throws Exception {
    chat("si_friend", 3, 1, 100);
    byte[] named =
        GetConversationsReq.newBuilder().addConversationIDs("si_friend").build().toByteArray();
    byte[] active = GetActiveConversationsReq.newBuilder().setCount(1).build().toByteArray();
    for (HttpResponse<String> answer :
        List.of(post(NAMED, type, named), post(ACTIVE, type, active))) {
      String begin = "{\"errCode\":0,\"errMsg\":\"\",\"errDlt\":\"\",\"data\":\"";
      assertThat(answer.body()).startsWith(begin).endsWith("\"}");
      byte[] data =
          Base64.getDecoder()
              .decode(answer.body().substring(begin.length(), answer.body().length() - 2));
      GetActiveConversationsResp read = GetActiveConversationsResp.parseFrom(data);
      assertThat(ids(read)).containsExactly("si_friend");
      assertThat(read.getUnreadCount()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {NAMED, ACTIVE})
  void bodiesThatAreNone(String path) throws Exception {
    assertThat(post(path, "text/plain", new byte[0]).body())
        .isEqualTo(
            "{\"errCode\":1001,\"errMsg\":\"ArgsError\",\"errDlt\":\"unsupported content type\"}");
    for (String body : List.of("", "{", "[]", "7", "{\"ownerUserID\":7}")) {
      HttpResponse<String> answer =
          post(path, "application/json; charset=utf-8", body.getBytes(StandardCharsets.UTF_8));
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body())
          .as(body)
          .startsWith("{\"errCode\":1001,")
          .endsWith("\"errDlt\":\"\"}");
    }
    assertThat(post(path, "application/protobuf", new byte[] {0x0a, 5, 'x'}).body())
        .contains("\"errCode\":1001", "\"errMsg\":\"ArgsError\"", "not a Get");
  }

  @Test
  void tooManyAreRefusedInEitherForm() throws Exception {
    GetConversationsReq many =
        GetConversationsReq.newBuilder()
            .addAllConversationIDs(IntStream.range(0, 1_001).mapToObj(i -> "c" + i).toList())
            .build();
    String json =
        "{\"conversationIDs\":["
            + String.join(
                ",", many.getConversationIDsList().stream().map(i -> "\"" + i + "\"").toList())
            + "]}";
    for (HttpResponse<String> answer :
        List.of(
            post(NAMED, "", json.getBytes(StandardCharsets.UTF_8)),
            post(NAMED, "application/protobuf", many.toByteArray()))) {
      assertThat(answer.body())
          .contains("\"errCode\":1001", "conversationIDs has more than 1000 elements");
    }
  }

  /** Eight mebibytes of messages; what lies behind is left out rather than the answer refused. */
  @Test
  void anAnswerHasABound() throws Exception {
    ByteString large = ByteString.copyFrom(new byte[200_000]);
    IntStream.range(0, 60)
        .forEach(i -> {
          chat("si_u" + i, 1, 0, 1_000 - i);
          newest.put("si_u" + i, MsgData.newBuilder().setContent(large).build());
        });
    GetActiveConversationsResp answer = ask(ACTIVE, "{}");
    assertThat(ids(answer)).hasSize(40).startsWith("si_u0").endsWith("si_u39");
    assertThat(answer.getUnreadCount()).isEqualTo(60);
  }
}
