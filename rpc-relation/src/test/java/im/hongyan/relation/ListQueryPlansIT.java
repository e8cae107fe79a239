package im.hongyan.relation;

import static im.hongyan.relation.RelationTestServer.ADMIN;
import static im.hongyan.relation.RelationTestServer.SERVICE;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.config.ShareConfig;
import im.hongyan.kit.discovery.InProcessLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.conversation.conversationGrpc;
import im.hongyan.proto.group.groupGrpc;
import im.hongyan.proto.groups.GroupViewsGrpc;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqResp;
import im.hongyan.proto.msg.GetLastMessageResp;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.offline.OfflineRulesGrpc;
import im.hongyan.proto.owners.ConversationOwnersGrpc;
import im.hongyan.proto.relation.friendGrpc;
import im.hongyan.relation.black.BlackStore;
import im.hongyan.relation.black.Blacks;
import im.hongyan.relation.conversation.ConversationLists;
import im.hongyan.relation.conversation.ConversationReceivers;
import im.hongyan.relation.conversation.ConversationSettings;
import im.hongyan.relation.conversation.ConversationSettingsStore;
import im.hongyan.relation.conversation.ConversationStore;
import im.hongyan.relation.conversation.ConversationSync;
import im.hongyan.relation.conversation.ConversationUpdates;
import im.hongyan.relation.conversation.Conversations;
import im.hongyan.relation.conversation.MessageReads;
import im.hongyan.relation.conversation.OfflineRules;
import im.hongyan.relation.friend.FriendLists;
import im.hongyan.relation.friend.FriendStore;
import im.hongyan.relation.friend.FriendSync;
import im.hongyan.relation.friend.Friends;
import im.hongyan.relation.friendrequest.FriendRequestStore;
import im.hongyan.relation.friendrequest.FriendRequests;
import im.hongyan.relation.group.GroupAbstracts;
import im.hongyan.relation.group.GroupApplications;
import im.hongyan.relation.group.GroupListStore;
import im.hongyan.relation.group.GroupMemberStore;
import im.hongyan.relation.group.GroupMembers;
import im.hongyan.relation.group.GroupReads;
import im.hongyan.relation.group.GroupRequestStore;
import im.hongyan.relation.group.GroupStore;
import im.hongyan.relation.group.GroupSync;
import im.hongyan.relation.group.GroupSyncStore;
import im.hongyan.relation.group.GroupViewStore;
import im.hongyan.relation.group.GroupViews;
import im.hongyan.relation.group.GroupWorld;
import im.hongyan.relation.group.JoinedGroupStore;
import im.hongyan.relation.group.JoinedGroups;
import im.hongyan.relation.owner.ConversationOwners;
import im.hongyan.relation.owner.OwnerStore;
import im.hongyan.relation.user.UserStore;
import im.hongyan.testkit.stores.QueryPlans;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.webhooks.FriendHooks;
import io.grpc.MethodDescriptor;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Proves as {@link QueryPlansIT} does that no statement of friends, applications, blacklists,
 * groups and conversations reads the whole of a table. Each RPC is called among thousands of rows.
 */
@ExtendWith(TestStoresExtension.class)
class ListQueryPlansIT {
  private static final int MOST = 1_500;
  private static final String PAGE = "\"pagination\":{\"pageNumber\":2,\"showNumber\":2}";

  /** Statements that read everything; only administrators cause them (docs/protocol/group.md). */
  private static final List<String> READ_EVERYTHING =
      List.of(
          "SELECT COUNT(*) FROM chat_group;",
          "SELECT COUNT(*) FROM chat_group WHERE status <>",
          "FROM chat_group WHERE status <> 2 ORDER BY create_time DESC",
          "AND group_name LIKE ? ESCAPE");

  @AutoClose private static RelationDatabase database;

  private final InstantSource clock = InstantSource.system();

  @AutoClose
  private final RelationTestServer server =
      new RelationTestServer().users(ADMIN, "u1", "u2", "u3", "u900", "u901", "fresh");

  @AutoClose private final InProcessLocator messages = new InProcessLocator("msg");

  @BeforeAll
  static void fill(TestStores stores) {
    database = RelationDatabase.open(stores);
    database.clear();
    new ListRows(database).fill();
  }

  private static MySql mysql() {
    return database.mysql();
  }

  private <A extends Message, B extends Message> void done(
      String caller, MethodDescriptor<A, B> method, String body) {
    assertThat(server.rest(caller, method, body)).as(method.getFullMethodName()).startsWith("{");
  }

  @Test
  void friendsApplicationsAndBlacklists() {
    FriendStore friends = new FriendStore(mysql(), MOST);
    FriendLists lists = new FriendLists(friends);
    BlackStore blackStore = new BlackStore(mysql(), MOST);
    FriendRequestStore requests = new FriendRequestStore(mysql(), MOST);
    Blacks blacks = new Blacks(blackStore, server, () -> {}, owner -> {}, FriendHooks.NONE, clock);
    server.serve(
        new Friends(friends, lists, server, blacks, () -> {}, FriendHooks.NONE, clock),
        new FriendSync(friends, lists, server),
        new FriendRequests(requests, server, () -> {}, FriendHooks.NONE, clock),
        blacks);
    try (QueryPlans plans = QueryPlans.watch(mysql().jdbi(), List.of())) {
      callFriends();
      callApplications();
      callBlacks();
      assertThat(plans.offences()).isEmpty();
      assertThat(plans.explained()).hasSizeGreaterThan(30);
    }
  }

  private void callFriends() {
    String self = "{\"userID\":\"u1\"," + PAGE + "}";
    done("u1", friendGrpc.getIsFriendMethod(), "{\"userID1\":\"u1\",\"userID2\":\"u2\"}");
    done("u1", friendGrpc.getGetPaginationFriendsMethod(), self);
    String named = "{\"ownerUserID\":\"u1\",\"friendUserIDs\":[\"u2\",\"u3\"]%s}";
    done("u1", friendGrpc.getGetDesignatedFriendsMethod(), named.formatted(""));
    done(
        "u1",
        friendGrpc.getGetSpecifiedFriendsInfoMethod(),
        "{\"ownerUserID\":\"u1\",\"userIDList\":[\"u2\",\"u3\"]}");
    done("u1", friendGrpc.getGetFriendIDsMethod(), self);
    done("u1", friendGrpc.getGetFullFriendUserIDsMethod(), self);
    done("u1", friendGrpc.getGetIncrementalFriendsMethod(), self);
    done("u1", friendGrpc.getGetIncrementalFriendsMethod(), since("userID", "u1"));
    done(
        ADMIN,
        friendGrpc.getImportFriendsMethod(),
        "{\"ownerUserID\":\"u1\",\"friendUserIDs\":[\"u900\"]}");
    done("u1", friendGrpc.getUpdateFriendsMethod(), named.formatted(",\"isPinned\":true"));
    String one = "{\"ownerUserID\":\"u1\",\"friendUserID\":\"u2\",\"remark\":\"r\"}";
    done("u1", friendGrpc.getSetFriendRemarkMethod(), one);
    done("u1", friendGrpc.getDeleteFriendMethod(), one);
  }

  private static String since(String key, String owner) {
    return "{\""
        + key
        + "\":\""
        + owner
        + "\",\"versionID\":\""
        + ListRows.LOG_ID
        + "\",\"version\":1}";
  }

  private void callApplications() {
    String page = "{\"userID\":\"u3\"," + PAGE + "%s}";
    for (String filter : List.of("", ",\"handleResults\":[0,1]")) {
      String body = page.formatted(filter);
      done("u3", friendGrpc.getGetPaginationFriendsApplyToMethod(), body);
      done("u3", friendGrpc.getGetPaginationFriendsApplyFromMethod(), body);
    }
    String pair = "{\"fromUserID\":\"%s\",\"toUserID\":\"%s\",\"handleResult\":%d}";
    done("u3", friendGrpc.getGetDesignatedFriendsApplyMethod(), pair.formatted("u1", "u3", 0));
    done("u3", friendGrpc.getGetSelfUnhandledApplyCountMethod(), "{\"userID\":\"u3\",\"time\":1}");
    done("u901", friendGrpc.getApplyToAddFriendMethod(), pair.formatted("u901", "u1", 0));
    done("u900", friendGrpc.getApplyToAddFriendMethod(), pair.formatted("u900", "u3", 0));
    done("u1", friendGrpc.getRespondFriendApplyMethod(), pair.formatted("u901", "u1", 1));
    done("u3", friendGrpc.getRespondFriendApplyMethod(), pair.formatted("u900", "u3", -1));
  }

  private void callBlacks() {
    String one = "{\"ownerUserID\":\"u1\",\"blackUserID\":\"u900\"}";
    done("u1", friendGrpc.getIsBlackMethod(), "{\"userID1\":\"u1\",\"userID2\":\"u2\"}");
    done("u1", friendGrpc.getAddBlackMethod(), one);
    done("u1", friendGrpc.getRemoveBlackMethod(), one);
    done("u1", friendGrpc.getGetPaginationBlacksMethod(), "{\"userID\":\"u1\"," + PAGE + "}");
    done(
        "u1",
        friendGrpc.getGetSpecifiedBlacksMethod(),
        "{\"ownerUserID\":\"u1\",\"userIDList\":[\"u2\",\"u3\"]}");
    done("u1", friendGrpc.getGetIncrementalBlacksMethod(), since("userID", "u1"));
  }

  @Test
  void groups() {
    GroupListStore lists = new GroupListStore(mysql());
    GroupViewStore views = new GroupViewStore(mysql());
    GroupStore groups = new GroupStore(mysql());
    server.serve(
        GroupWorld.making(mysql(), server, clock, MOST),
        new GroupViews(views, 10),
        new GroupReads(lists),
        new GroupAbstracts(lists, views, server),
        new GroupMembers(new GroupMemberStore(mysql()), server, server),
        new GroupSync(new GroupSyncStore(mysql()), lists, views, groups, server),
        new JoinedGroups(new JoinedGroupStore(mysql())),
        new GroupApplications(new GroupRequestStore(mysql()), lists, server));
    try (QueryPlans plans = QueryPlans.watch(mysql().jdbi(), READ_EVERYTHING)) {
      callGroupChanges();
      callGroupLists();
      callMembers();
      callGroupApplications();
      assertThat(plans.offences()).isEmpty();
      assertThat(plans.explained()).hasSizeGreaterThan(35);
      assertThat(plans.excepted())
          .as("no exception is out of date")
          .hasSize(READ_EVERYTHING.size());
    }
  }

  private void callGroupChanges() {
    done(
        ADMIN,
        groupGrpc.getCreateGroupMethod(),
        "{\"ownerUserID\":\"u1\",\"groupInfo\":{\"groupType\":2}}");
    done(
        "u2",
        groupGrpc.getInviteUserToGroupMethod(),
        "{\"groupID\":\"g1\",\"invitedUserIDs\":[\"u900\",\"u901\"]}");
    database.execute(
        "UPDATE group_member SET role_level = 20 WHERE group_id = 'g1'" + " AND user_id = 'u3'");
    done(
        "u3",
        groupGrpc.getInviteUserToGroupMethod(),
        "{\"groupID\":\"g1\",\"invitedUserIDs\":[\"fresh\"]}");
  }

  private void callGroupLists() {
    String self = "{\"userID\":\"u3\",\"fromUserID\":\"u3\"," + PAGE + "}";
    done("u3", groupGrpc.getGetJoinedGroupListMethod(), self);
    done("u3", groupGrpc.getGetFullJoinGroupIDsMethod(), self);
    done("u3", groupGrpc.getGetIncrementalJoinGroupMethod(), since("userID", "u3"));
    done("u3", groupGrpc.getGetGroupsInfoMethod(), "{\"groupIDs\":[\"g1\",\"g2\"]}");
    done(ADMIN, groupGrpc.getGetGroupAbstractInfoMethod(), "{\"groupIDs\":[\"g1\",\"g2\"]}");
    for (String filter : List.of("", ",\"groupName\":\"name1\"", ",\"groupID\":\"g1\"")) {
      done(ADMIN, groupGrpc.getGetGroupsMethod(), "{" + PAGE + filter + "}");
    }
    done(ADMIN, groupGrpc.getGroupCreateCountMethod(), "{\"start\":500,\"end\":600}");
  }

  private void callMembers() {
    String group =
        "{\"groupID\":\"g5\",\"group_id\":\"g5\",\"userIDs\":[\"u6\"],"
            + "\"groupMemberID\":\"u6\","
            + PAGE
            + "%s}";
    done("u6", groupGrpc.getGetGroupMembersInfoMethod(), group.formatted(""));
    for (String filter : List.of("0", "2", "3", "4,\"keyword\":\"u\"")) {
      done("u6", groupGrpc.getGetGroupMemberListMethod(), group.formatted(",\"filter\":" + filter));
    }
    done(
        "u6",
        groupGrpc.getGetGroupMemberListMethod(),
        group.formatted("").replace("\"pageNumber\":2", "\"pageNumber\":9000"));
    done(ADMIN, groupGrpc.getGetGroupMembersCMSMethod(), group.formatted(""));
    done(
        ADMIN,
        groupGrpc.getGetUserInGroupMembersMethod(),
        "{\"userID\":\"u6\",\"groupIDs\":[\"g5\",\"g4\"]}");
    done(
        ADMIN,
        groupGrpc.getGetGroupMemberRoleLevelMethod(),
        "{\"groupID\":\"g5\",\"roleLevels\":[60,100]}");
    done("u6", groupGrpc.getGetGroupMemberUserIDsMethod(), group.formatted(""));
    done("u6", groupGrpc.getGetFullGroupMemberUserIDsMethod(), group.formatted(""));
    done("u6", groupGrpc.getGetIncrementalGroupMemberMethod(), since("groupID", "g5"));
    done(
        "u6",
        groupGrpc.getBatchGetIncrementalGroupMemberMethod(),
        "{\"reqList\":[" + since("groupID", "g5") + "," + since("groupID", "g4") + "]}");
    done(SERVICE, groupGrpc.getGetGroupInfoCacheMethod(), group.formatted(""));
    done(SERVICE, groupGrpc.getGetGroupMemberCacheMethod(), group.formatted(""));
    done(SERVICE, GroupViewsGrpc.getVersionsMethod(), "{\"group_ids\":[\"g5\",\"g6\"]}");
    done(SERVICE, GroupViewsGrpc.getChangesMethod(), "{\"group_id\":\"g5\"}");
    done(
        SERVICE,
        GroupViewsGrpc.getChangesMethod(),
        "{\"group_id\":\"g5\",\"known\":{\"id\":\"" + ListRows.LOG_ID + "\",\"number\":1}}");
  }

  private void callGroupApplications() {
    for (String filter : List.of("", ",\"handleResults\":[0,1]", ",\"groupIDs\":[\"g1\"]")) {
      String body = "{\"userID\":\"u2\",\"fromUserID\":\"u2\"," + PAGE + filter + "}";
      done("u2", groupGrpc.getGetGroupApplicationListMethod(), body);
      done("u2", groupGrpc.getGetUserReqApplicationListMethod(), body);
    }
    done(
        "u2",
        groupGrpc.getGetGroupUsersReqApplicationListMethod(),
        "{\"groupID\":\"g1\",\"userIDs\":[\"u13\",\"u14\"]}");
    done(
        "u2",
        groupGrpc.getGetSpecifiedUserGroupRequestInfoMethod(),
        "{\"groupID\":\"g1\",\"userID\":\"u13\"}");
    done(
        "u2",
        groupGrpc.getGetGroupApplicationUnhandledCountMethod(),
        "{\"userID\":\"u2\",\"time\":1}");
  }

  @Test
  void conversations() {
    ConversationStore rows = new ConversationStore(mysql());
    ConversationSettingsStore settings = new ConversationSettingsStore(mysql());
    OwnerStore owners = new OwnerStore(mysql());
    messages.serve(ServiceName.MSG, noMessages().services());
    server.serve(
        new Conversations(rows, clock),
        new ConversationSync(rows),
        new ConversationSettings(settings, () -> {}, owner -> {}, clock),
        new ConversationUpdates(settings, new MessageReads(messages), () -> {}, owner -> {}, clock),
        new ConversationReceivers(rows, owners::find, new GroupStore(mysql())::memberIds),
        new ConversationLists(
            rows,
            settings,
            new MessageReads(messages),
            server,
            new GroupViewStore(mysql())::find,
            owner -> {},
            clock),
        new ConversationOwners(owners),
        new OfflineRules(rows, new UserStore(mysql())::globalReceiveOptions));
    try (QueryPlans plans = QueryPlans.watch(mysql().jdbi(), List.of())) {
      callConversations();
      assertThat(plans.offences()).isEmpty();
      assertThat(plans.explained()).hasSizeGreaterThan(15);
    }
  }

  private static Rpcs noMessages() {
    Feature none =
        rpcs -> {
          rpcs.unary(
              msgGrpc.getGetConversationsHasReadAndMaxSeqMethod(),
              (caller, request) -> GetConversationsHasReadAndMaxSeqResp.getDefaultInstance());
          rpcs.unary(
              msgGrpc.getGetLastMessageMethod(),
              (caller, request) -> GetLastMessageResp.getDefaultInstance());
        };
    ShareConfig share = ShareConfig.from(Settings.load(Path.of("none"), Map.of(), Map.of()));
    return new Rpcs(share, new SimpleMeterRegistry()).add(none);
  }

  private void callConversations() {
    String self =
        "{\"userID\":\"u1\",\"ownerUserID\":\"u1\",\"conversationID\":\"si_u1_u2\","
            + "\"conversationIDs\":[\"si_u1_u2\"],"
            + PAGE
            + "}";
    done(
        SERVICE,
        conversationGrpc.getCreateSingleChatConversationsMethod(),
        "{\"sendID\":\"u1\",\"recvID\":\"u900\",\"conversationID\":\"si_u1_u900\","
            + "\"conversationType\":1}");
    done("u1", conversationGrpc.getGetConversationMethod(), self);
    done("u1", conversationGrpc.getGetConversationsMethod(), self);
    done("u1", conversationGrpc.getGetAllConversationsMethod(), self);
    done("u1", conversationGrpc.getGetOwnerConversationMethod(), self);
    done("u1", conversationGrpc.getGetConversationIDsMethod(), self);
    done("u1", conversationGrpc.getGetNotNotifyConversationIDsMethod(), self);
    done("u1", conversationGrpc.getGetPinnedConversationIDsMethod(), self);
    done("u1", conversationGrpc.getGetFullOwnerConversationIDsMethod(), self);
    done("u1", conversationGrpc.getGetIncrementalConversationMethod(), since("userID", "u1"));
    done("u1", conversationGrpc.getGetSortedConversationListMethod(), self);
    String set =
        "{\"userIDs\":[\"u1\"],\"conversation\":{\"conversationType\":1,\"userID\":\"u2\","
            + "\"conversationID\":\"si_u1_u2\",\"isPinned\":true,\"isPrivateChat\":true}}";
    done("u1", conversationGrpc.getSetConversationsMethod(), set);
    done(
        "u1",
        conversationGrpc.getUpdateConversationsByUserMethod(),
        "{\"userID\":\"u1\",\"ex\":\"e\"}");
    callForAppServers();
    done("u1", conversationGrpc.getDeleteConversationsMethod(), self);
    done(
        SERVICE,
        ConversationOwnersGrpc.getClaimMethod(),
        "{\"user_id\":\"u1\",\"peer_id\":\"u2\"}");
    done(
        SERVICE,
        OfflineRulesGrpc.getOptionsMethod(),
        "{\"queries\":[{\"conversation_id\":\"si_u1_u2\",\"user_ids\":[\"u1\",\"u2\"]}]}");
  }

  private void callForAppServers() {
    done(
        ADMIN,
        conversationGrpc.getSetConversationMethod(),
        "{\"conversation\":{\"ownerUserID\":\"u1\",\"userID\":\"u2\",\"conversationType\":1,"
            + "\"conversationID\":\"si_u1_u2\"}}");
    String users =
        "{\"conversationID\":\"si_u1_u2\",\"userIDs\":[\"u1\",\"u2\"],\"groupID\":\"g5\"";
    done(ADMIN, conversationGrpc.getUpdateConversationMethod(), users + ",\"ex\":\"e\"}");
    done(ADMIN, conversationGrpc.getGetConversationOfflinePushUserIDsMethod(), users + "}");
    done(ADMIN, conversationGrpc.getGetConversationNotReceiveMessageUserIDsMethod(), users + "}");
    done(ADMIN, conversationGrpc.getGetRecvMsgNotNotifyUserIDsMethod(), users + "}");
    done(ADMIN, conversationGrpc.getGetUserConversationIDsHashMethod(), "{\"ownerUserID\":\"u1\"}");
  }
}
