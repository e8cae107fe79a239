package im.hongyan.standalone.sync;

import im.hongyan.client.session.LoginOptions;
import im.hongyan.client.session.ReqId;
import im.hongyan.proto.conversation.Conversation;
import im.hongyan.proto.conversation.GetIncrementalConversationReq;
import im.hongyan.proto.conversation.GetIncrementalConversationResp;
import im.hongyan.proto.group.BatchGetIncrementalGroupMemberReq;
import im.hongyan.proto.group.BatchGetIncrementalGroupMemberResp;
import im.hongyan.proto.group.getIncrementalGroupMemberReq;
import im.hongyan.proto.group.getIncrementalGroupMemberResp;
import im.hongyan.proto.group.getIncrementalJoinGroupReq;
import im.hongyan.proto.group.getIncrementalJoinGroupResp;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqReq;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqResp;
import im.hongyan.proto.msg.Seqs;
import im.hongyan.proto.relation.getIncrementalFriendsReq;
import im.hongyan.proto.relation.getIncrementalFriendsResp;
import im.hongyan.proto.sdkws.BlackInfo;
import im.hongyan.proto.sdkws.FriendInfo;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.sdkws.GroupMemberFullInfo;
import im.hongyan.proto.sdkws.UserInfo;
import im.hongyan.testkit.system.RestCalls;
import im.hongyan.testkit.system.TestUser;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * A device of a user that synchronises as an official client does, in its order: with an empty
 * database (client-sync.md 4.1) and with one that it kept (4.2). Any answer with an error is
 * thrown. Used by one thread.
 */
public final class Device {
  private final LoginOptions user;
  private final DeviceRoutes routes;
  private final NewestMessages messages = new NewestMessages();
  private final SyncedList<GroupInfo> groups;
  private final SyncedList<FriendInfo> friends;
  private final SyncedList<Conversation> conversations;
  private final Map<String, SyncedList<GroupMemberFullInfo>> members = new HashMap<>();
  private final Map<String, Seqs> seqs = new HashMap<>();
  private final Map<String, String> names = new HashMap<>();
  private final List<BlackInfo> blacks = new ArrayList<>();
  private boolean installed;

  /** A device with an empty database. */
  public Device(LoginOptions user, RestCalls rest) {
    this.user = user;
    this.routes = new DeviceRoutes(rest, user);
    this.groups = new SyncedList<>(GroupInfo::getGroupID, routes.groups());
    this.friends = new SyncedList<>(row -> row.getFriendUser().getUserID(), routes.friends());
    this.conversations = new SyncedList<>(Conversation::getConversationID, routes.conversations());
  }

  /** Connects, synchronises and leaves. */
  public void visit() {
    try (TestUser connection = new TestUser(user)) {
      CompletableFuture<Void> pulled =
          CompletableFuture.runAsync(() -> messages.pull(connection, !installed));
      if (installed) {
        syncKept(connection);
      } else {
        syncEmpty(connection);
      }
      pulled.join();
      installed = true;
    }
  }

  private void syncEmpty(TestUser connection) {
    syncGroups();
    syncFriends();
    syncConversations();
    readSeqs(connection);
    readSelf();
    readBlacks();
  }

  private void syncKept(TestUser connection) {
    readSeqs(connection);
    readSelf();
    readBlacks();
    syncGroups();
    syncFriends();
    syncConversations();
  }

  private void syncGroups() {
    getIncrementalJoinGroupResp answer =
        routes.call(
            "/group/get_incremental_join_groups",
            getIncrementalJoinGroupReq
                .newBuilder()
                .setUserID(user.userId())
                .setVersionID(groups.versionId())
                .setVersion(groups.version())
                .build(),
            getIncrementalJoinGroupResp.getDefaultInstance());
    groups.take(
        new SyncedList.Changes<>(
            answer.getVersionID(),
            answer.getVersion(),
            answer.getFull(),
            answer.getDeleteList(),
            both(answer.getInsertList(), answer.getUpdateList()),
            answer.getSortVersion() > 0,
            false));
    members.keySet().retainAll(groups.rows().keySet());
    syncMembers(new HashSet<>(groups.rows().keySet()));
  }

  /** Asks until every group is answered, or an answer is empty (client-sync.md 7.6). */
  private void syncMembers(Set<String> left) {
    while (!left.isEmpty()) {
      BatchGetIncrementalGroupMemberReq.Builder request =
          BatchGetIncrementalGroupMemberReq.newBuilder().setUserID(user.userId());
      for (String group : left) {
        SyncedList<GroupMemberFullInfo> list = membersOf(group);
        request.addReqList(
            getIncrementalGroupMemberReq
                .newBuilder()
                .setGroupID(group)
                .setVersionID(list.versionId())
                .setVersion(list.version()));
      }
      Map<String, getIncrementalGroupMemberResp> answers =
          routes
              .call(
                  "/group/get_incremental_group_members_batch",
                  request.build(),
                  BatchGetIncrementalGroupMemberResp.getDefaultInstance())
              .getRespListMap();
      answers.forEach(this::takeMembers);
      if (answers.isEmpty() || !left.removeAll(answers.keySet())) {
        throw new AssertionError("no answer for " + left + ", but for " + answers.keySet());
      }
    }
  }

  private SyncedList<GroupMemberFullInfo> membersOf(String group) {
    return members.computeIfAbsent(
        group, id -> new SyncedList<>(GroupMemberFullInfo::getUserID, routes.members(id)));
  }

  private void takeMembers(String group, getIncrementalGroupMemberResp answer) {
    membersOf(group)
        .take(
            new SyncedList.Changes<>(
                answer.getVersionID(),
                answer.getVersion(),
                answer.getFull(),
                answer.getDeleteList(),
                both(answer.getInsertList(), answer.getUpdateList()),
                answer.getSortVersion() > 0,
                answer.hasGroup()));
    if (answer.hasGroup()) {
      groups.rows().put(group, answer.getGroup());
    }
  }

  private void syncFriends() {
    getIncrementalFriendsResp answer =
        routes.call(
            "/friend/get_incremental_friends",
            getIncrementalFriendsReq
                .newBuilder()
                .setUserID(user.userId())
                .setVersionID(friends.versionId())
                .setVersion(friends.version())
                .build(),
            getIncrementalFriendsResp.getDefaultInstance());
    friends.take(
        new SyncedList.Changes<>(
            answer.getVersionID(),
            answer.getVersion(),
            answer.getFull(),
            answer.getDeleteList(),
            both(answer.getInsertList(), answer.getUpdateList()),
            answer.getSortVersion() > 0,
            false));
  }

  private void syncConversations() {
    GetIncrementalConversationResp answer =
        routes.call(
            "/conversation/get_incremental_conversations",
            GetIncrementalConversationReq.newBuilder()
                .setUserID(user.userId())
                .setVersionID(conversations.versionId())
                .setVersion(conversations.version())
                .build(),
            GetIncrementalConversationResp.getDefaultInstance());
    conversations.take(
        new SyncedList.Changes<>(
            answer.getVersionID(),
            answer.getVersion(),
            answer.getFull(),
            answer.getDeleteList(),
            both(answer.getInsertList(), answer.getUpdateList()),
            false,
            false));
    readNames(conversations.rows().values());
  }

  private static <R> List<R> both(List<R> inserted, List<R> updated) {
    return Stream.of(inserted, updated).flatMap(List::stream).toList();
  }

  /** Read positions, and the conversations that are not known yet. */
  private void readSeqs(TestUser connection) {
    seqs.clear();
    seqs.putAll(
        connection
            .request(
                ReqId.READ_AND_MAX_SEQ,
                GetConversationsHasReadAndMaxSeqReq.newBuilder().setUserID(user.userId()).build(),
                GetConversationsHasReadAndMaxSeqResp.parser())
            .getSeqsMap());
    Set<String> unknown = new HashSet<>(seqs.keySet());
    unknown.removeAll(conversations.rows().keySet());
    if (!unknown.isEmpty()) {
      List<Conversation> found = routes.conversations(unknown);
      found.forEach(row -> conversations.rows().put(row.getConversationID(), row));
      readNames(found);
    }
  }

  /** Names of peers and groups that are neither friends nor joined. */
  private void readNames(Iterable<Conversation> rows) {
    Set<String> users = new HashSet<>();
    Set<String> groupIds = new HashSet<>();
    for (Conversation row : rows) {
      if (!row.getGroupID().isEmpty()) {
        groupIds.add(row.getGroupID());
      } else {
        users.add(row.getUserID());
      }
    }
    users.removeAll(friends.rows().keySet());
    groupIds.removeAll(groups.rows().keySet());
    if (!users.isEmpty()) {
      routes.users(users).forEach(found -> names.put(found.getUserID(), found.getNickname()));
    }
    if (!groupIds.isEmpty()) {
      routes.groups(groupIds).forEach(found -> names.put(found.getGroupID(), found.getGroupName()));
    }
  }

  private void readSelf() {
    List<UserInfo> self = routes.users(List.of(user.userId()));
    if (self.size() != 1) {
      throw new AssertionError("the user's own profile: " + self);
    }
  }

  private void readBlacks() {
    blacks.clear();
    List<BlackInfo> page;
    int number = 1;
    do {
      page = routes.blacks(number++);
      blacks.addAll(page);
    } while (page.size() == DeviceRoutes.BLACKS_PER_PAGE);
  }

  /** What the device shows of a conversation; one that it does not know has no name. */
  public ShownConversation conversation(String id) {
    Conversation row = conversations.rows().getOrDefault(id, Conversation.getDefaultInstance());
    Seqs read = seqs.getOrDefault(id, Seqs.getDefaultInstance());
    return new ShownConversation(
        name(row),
        Math.max(0, read.getMaxSeq() - read.getHasReadSeq()),
        messages.newest(id),
        row.getIsPinned(),
        row.getRecvMsgOpt());
  }

  private String name(Conversation row) {
    GroupInfo group = groups.rows().get(row.getGroupID());
    if (group != null) {
      return group.getGroupName();
    }
    FriendInfo friend = friends.rows().get(row.getUserID());
    if (friend != null) {
      return friend.getRemark().isEmpty()
          ? friend.getFriendUser().getNickname()
          : friend.getRemark();
    }
    return names.getOrDefault(row.getGroupID().isEmpty() ? row.getUserID() : row.getGroupID(), "");
  }

  /** The conversations that it shows, by their ids. */
  public Map<String, ShownConversation> shown() {
    Map<String, ShownConversation> all = new HashMap<>();
    conversations.rows().keySet().forEach(id -> all.put(id, conversation(id)));
    return all;
  }

  /** The ids of the joined groups in the server's order. */
  public List<String> groups() {
    return groups.order();
  }

  /** The ids of the members of a joined group in the server's order. */
  public List<String> members(String group) {
    return membersOf(group).order();
  }

  /** The ids of the friends in the server's order. */
  public List<String> friends() {
    return friends.order();
  }

  /** The ids of the blacklisted users. */
  public List<String> blacks() {
    return blacks.stream().map(row -> row.getBlackUserInfo().getUserID()).toList();
  }

  /** How often groups, friends and conversations were read as a whole, all together. */
  public int fullReadings() {
    return groups.fullReadings() + friends.fullReadings() + conversations.fullReadings();
  }

  /**
   * All rows that it holds, to be compared with those of another device; of conversations without
   * the bounds, which clients ignore (client-sync.md 6).
   */
  public List<Object> rows() {
    Map<String, Object> lists = new HashMap<>();
    members.forEach((group, list) -> lists.put(group, list.rows()));
    Map<String, Conversation> chats = new HashMap<>();
    conversations
        .rows()
        .forEach((id, row) -> chats.put(id, row.toBuilder().clearMaxSeq().clearMinSeq().build()));
    return List.of(
        shown(),
        groups.rows(),
        Set.copyOf(groups.order()),
        lists,
        friends.rows(),
        friends.order(),
        chats,
        blacks);
  }
}
