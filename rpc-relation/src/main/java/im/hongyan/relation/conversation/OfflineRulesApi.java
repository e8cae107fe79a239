package im.hongyan.relation.conversation;

import im.hongyan.kit.rpc.Unary;
import im.hongyan.proto.offline.OfflineProto;
import im.hongyan.proto.offline.OfflineRulesGrpc;
import im.hongyan.proto.offline.OptionsAnswer;
import im.hongyan.proto.offline.OptionsOfUsers;
import im.hongyan.proto.offline.OptionsQuery;
import im.hongyan.proto.offline.OptionsRequest;
import im.hongyan.relation.user.UserStore;
import im.hongyan.wire.authz.Access;
import im.hongyan.wire.authz.AuthorisationTable;
import im.hongyan.wire.error.ImError;
import io.grpc.stub.StreamObserver;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Who has asked not to be disturbed, for push-service: many users in one call. */
public final class OfflineRulesApi extends OfflineRulesGrpc.OfflineRulesImplBase {
  private static final int MOST_QUERIES = 1_000;
  private static final int MOST_USERS = 1_000;

  private final ConversationStore conversations;
  private final UserStore users;

  /** Creates the endpoint. */
  public OfflineRulesApi(ConversationStore conversations, UserStore users) {
    this.conversations = conversations;
    this.users = users;
  }

  /** Only our own services. */
  public static AuthorisationTable access() {
    var service = OfflineProto.getDescriptor().findServiceByName("OfflineRules");
    return AuthorisationTable.builder()
        .covers(service)
        .allow(service, "Options", Access.internal())
        .build();
  }

  @Override
  public void options(OptionsRequest request, StreamObserver<OptionsAnswer> reply) {
    Unary.reply(
        reply,
        () -> {
          if (request.getQueriesCount() > MOST_QUERIES) {
            throw ImError.ARGS.with("more than " + MOST_QUERIES + " queries");
          }
          Map<String, Integer> global = global(request.getQueriesList());
          OptionsAnswer.Builder answer = OptionsAnswer.newBuilder();
          for (OptionsQuery query : request.getQueriesList()) {
            OptionsOfUsers.Builder one =
                OptionsOfUsers.newBuilder()
                    .putAllConversation(
                        conversations.recvMsgOpts(
                            query.getConversationId(), query.getUserIdsList()));
            for (String user : query.getUserIdsList()) {
              if (global.containsKey(user)) {
                one.putGlobal(user, global.get(user));
              }
            }
            answer.addAnswers(one);
          }
          return answer.build();
        });
  }

  private Map<String, Integer> global(List<OptionsQuery> queries) {
    Set<String> all = new LinkedHashSet<>();
    for (OptionsQuery query : queries) {
      if (query.getUserIdsCount() > MOST_USERS) {
        throw ImError.ARGS.with("more than " + MOST_USERS + " users");
      }
      all.addAll(query.getUserIdsList());
    }
    Map<String, Integer> found = new HashMap<>();
    List<String> ids = List.copyOf(all);
    for (int from = 0; from < ids.size(); from += MOST_USERS) {
      found.putAll(
          users.globalRecvMsgOpts(ids.subList(from, Math.min(ids.size(), from + MOST_USERS))));
    }
    return found;
  }
}
