package im.hongyan.relation.conversation;

import com.google.common.collect.Lists;
import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.offline.OfflineRulesGrpc;
import im.hongyan.proto.offline.OptionsAnswer;
import im.hongyan.proto.offline.OptionsOfUsers;
import im.hongyan.proto.offline.OptionsQuery;
import im.hongyan.proto.offline.OptionsRequest;
import im.hongyan.relation.user.GlobalReceiveOptions;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.UserId;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Who has asked not to be disturbed, for push-service: many users in one call. Safe for use by
 * several threads.
 */
public final class OfflineRules implements Feature {
  private static final int MAX_USERS = 1_000;

  private final ConversationStore conversations;
  private final GlobalReceiveOptions users;

  /** Creates the feature. */
  public OfflineRules(ConversationStore conversations, GlobalReceiveOptions users) {
    this.conversations = conversations;
    this.users = users;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(OfflineRulesGrpc.getOptionsMethod(), this::options);
  }

  private OptionsAnswer options(Caller caller, OptionsRequest request) {
    Map<UserId, Integer> global = global(request.getQueriesList());
    OptionsAnswer.Builder answer = OptionsAnswer.newBuilder();
    for (OptionsQuery query : request.getQueriesList()) {
      List<UserId> asked = ids(query);
      OptionsOfUsers.Builder options = OptionsOfUsers.newBuilder();
      conversations
          .receiveOptions(new ConversationId(query.getConversationId()), asked)
          .forEach((user, option) -> options.putConversation(user.value(), option));
      for (UserId user : asked) {
        if (global.containsKey(user)) {
          options.putGlobal(user.value(), global.get(user));
        }
      }
      answer.addAnswers(options);
    }
    return answer.build();
  }

  private static List<UserId> ids(OptionsQuery query) {
    return query.getUserIdsList().stream().map(UserId::new).toList();
  }

  private Map<UserId, Integer> global(List<OptionsQuery> queries) {
    Set<UserId> all = new LinkedHashSet<>();
    for (OptionsQuery query : queries) {
      if (query.getUserIdsCount() > MAX_USERS) {
        throw ImError.ARGS.with("more than " + MAX_USERS + " users");
      }
      all.addAll(ids(query));
    }
    Map<UserId, Integer> found = new HashMap<>();
    for (List<UserId> some : Lists.partition(List.copyOf(all), MAX_USERS)) {
      found.putAll(users.globalReceiveOptions(some));
    }
    return found;
  }
}
