package im.hongyan.relation.conversation;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.proto.offline.OfflineRulesGrpc;
import im.hongyan.proto.offline.OptionsOfUsers;
import im.hongyan.proto.offline.OptionsQuery;
import im.hongyan.proto.offline.OptionsRequest;
import im.hongyan.relation.RelationTestServer;
import im.hongyan.relation.user.User;
import im.hongyan.relation.user.UserStore;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Proves that a batch learns its users' options in their places, and who may ask. */
class OfflineRulesTest {
  private final Map<String, Integer> options = new HashMap<>();
  private final List<Integer> asked = new ArrayList<>();
  private final RelationTestServer faces =
      new RelationTestServer()
          .with(OfflineRulesApi.access(), new OfflineRulesApi(new Rows(), new Users()))
          .serve();

  @AfterEach
  void close() {
    faces.close();
  }

  /** Those of {@link #options} whose key ends with one of these. */
  private Map<String, Integer> found(String of, Collection<String> users) {
    Map<String, Integer> found = new HashMap<>();
    users.forEach(user -> {
      Integer option = options.get(of + user);
      if (option != null) {
        found.put(user, option);
      }
    });
    return found;
  }

  private final class Rows implements ConversationStore {
    @Override
    public Map<String, Integer> recvMsgOpts(String conversationId, Collection<String> users) {
      return found(conversationId + " ", users);
    }

    @Override
    public void addMissing(List<ConversationRow> rows, long nowMillis) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<ConversationRow> find(String ownerUserId, String conversationId) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<String> ids(String ownerUserId) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<String> pinnedIds(String ownerUserId) {
      throw new UnsupportedOperationException();
    }
  }

  private final class Users implements UserStore {
    @Override
    public Map<String, Integer> globalRecvMsgOpts(Collection<String> users) {
      asked.add(users.size());
      return found("", users);
    }

    @Override
    public boolean addAll(List<User> users) {
      throw new UnsupportedOperationException();
    }

    @Override
    public List<User> find(Collection<String> userIds) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void rename(String userId, String nickname) {
      throw new UnsupportedOperationException();
    }
  }

  private static OptionsQuery query(String conversationId, List<String> users) {
    return OptionsQuery.newBuilder().setConversationId(conversationId).addAllUserIds(users).build();
  }

  private static OptionsRequest request(OptionsQuery... queries) {
    return OptionsRequest.newBuilder().addAllQueries(List.of(queries)).build();
  }

  @Test
  void optionsComeInTheOrderAsked() {
    options.putAll(Map.of("sg_g ann", 1, "sg_g bob", 2, "sg_h bob", 1, "cat", 2, "ann", 1));
    List<OptionsOfUsers> answers =
        faces
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
            faces
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
    return faces.refusal(caller, OfflineRulesGrpc.getOptionsMethod(), request);
  }
}
