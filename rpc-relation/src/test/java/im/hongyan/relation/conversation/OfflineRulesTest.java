package im.hongyan.relation.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.proto.offline.OfflineRulesGrpc;
import im.hongyan.proto.offline.OptionsOfUsers;
import im.hongyan.proto.offline.OptionsQuery;
import im.hongyan.proto.offline.OptionsRequest;
import im.hongyan.relation.RelationDatabase;
import im.hongyan.relation.RelationTestServer;
import im.hongyan.relation.user.User;
import im.hongyan.relation.user.UserStore;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.ConversationOwner;
import im.hongyan.wire.id.UserId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves that a batch learns its users' options in their places, and who may ask. */
@ExtendWith(TestStoresExtension.class)
class OfflineRulesTest {
  @AutoClose private static RelationDatabase database;

  private final ConversationStore conversations = new ConversationStore(mysql());
  private final UserStore users = new UserStore(mysql());
  private final List<Integer> asked = new ArrayList<>();

  @AutoClose
  private final RelationTestServer server =
      new RelationTestServer().serve(new OfflineRules(conversations, this::counted));

  @BeforeAll
  static void start(TestStores stores) {
    database = RelationDatabase.open(stores);
  }

  private static MySql mysql() {
    return database.mysql();
  }

  @BeforeEach
  void clear() {
    database.clear();
  }

  private Map<UserId, Integer> counted(Collection<UserId> ids) {
    asked.add(ids.size());
    return users.globalReceiveOptions(ids);
  }

  private void conversationOption(String conversation, String user, int option) {
    ConversationId id = new ConversationId(conversation);
    UserId owner = new UserId(user);
    conversations.addMissing(
        ConversationOwner.group(id.key()),
        List.of(ConversationRow.ofPair(owner, id, 3, new UserId(""))),
        1);
    database.execute(
        "UPDATE conversation SET recv_msg_opt = ? WHERE owner_user_id = ? AND conversation_id = ?",
        option,
        owner,
        id);
  }

  private void globalOption(String user, int option) {
    assertThat(users.addAll(List.of(new User(new UserId(user), user, "", "", 0, option, 1))))
        .isTrue();
  }

  private static OptionsQuery query(String conversationId, List<String> users) {
    return OptionsQuery.newBuilder().setConversationId(conversationId).addAllUserIds(users).build();
  }

  private static OptionsRequest request(OptionsQuery... queries) {
    return OptionsRequest.newBuilder().addAllQueries(List.of(queries)).build();
  }

  @Test
  void optionsComeInTheOrderAsked() {
    conversationOption("sg_g", "ann", 1);
    conversationOption("sg_g", "bob", 2);
    conversationOption("sg_h", "bob", 1);
    globalOption("cat", 2);
    globalOption("ann", 1);
    List<OptionsOfUsers> answers =
        server
            .call(
                RelationTestServer.SERVICE,
                OfflineRulesGrpc.getOptionsMethod(),
                request(
                    query("sg_h", List.of("bob", "cat")),
                    query("sg_g", List.of("ann", "bob", "dan")),
                    query("sg_i", List.of())))
            .getAnswersList();
    assertThat(answers)
        .containsExactly(
            OptionsOfUsers.newBuilder().putConversation("bob", 1).putGlobal("cat", 2).build(),
            OptionsOfUsers.newBuilder()
                .putConversation("ann", 1)
                .putConversation("bob", 2)
                .putGlobal("ann", 1)
                .build(),
            OptionsOfUsers.getDefaultInstance());
    assertThat(asked).as("the users of all of them at once").containsExactly(4);
  }

  @Test
  void aBatchHasBoundsAndIsForOurServicesAlone() {
    List<String> many = IntStream.range(0, 1_000).mapToObj(i -> "u" + i).toList();
    List<String> others = IntStream.range(1_000, 1_500).mapToObj(i -> "u" + i).toList();
    OptionsRequest large = request(query("sg_g", many), query("sg_g", others));
    assertThat(
            server
                .call(RelationTestServer.SERVICE, OfflineRulesGrpc.getOptionsMethod(), large)
                .getAnswersCount())
        .isEqualTo(2);
    assertThat(asked).containsExactly(1_000, 500);
    List<String> tooMany = new ArrayList<>(many);
    tooMany.add("one more");
    assertThat(refusal(RelationTestServer.SERVICE, request(query("sg_g", tooMany))))
        .isEqualTo("1001 more than 1000 users");
    OptionsQuery none = query("sg_g", List.of());
    assertThat(
            refusal(
                RelationTestServer.SERVICE,
                request(Collections.nCopies(1_001, none).toArray(OptionsQuery[]::new))))
        .isEqualTo("1001 more than 1000 queries");
    for (String caller : List.of("alice", RelationTestServer.ADMIN)) {
      assertThat(refusal(caller, request())).isEqualTo("1002 internal method");
    }
  }

  private String refusal(String caller, OptionsRequest request) {
    return server.refusal(caller, OfflineRulesGrpc.getOptionsMethod(), request);
  }
}
