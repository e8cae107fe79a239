package im.hongyan.standalone.sync;

import im.hongyan.client.session.LoginOptions;
import im.hongyan.proto.conversation.Conversation;
import im.hongyan.proto.conversation.GetIncrementalConversationReq;
import im.hongyan.proto.conversation.GetIncrementalConversationResp;
import im.hongyan.proto.group.BatchGetIncrementalGroupMemberReq;
import im.hongyan.proto.group.BatchGetIncrementalGroupMemberResp;
import im.hongyan.proto.group.getIncrementalGroupMemberReq;
import im.hongyan.proto.group.getIncrementalGroupMemberResp;
import im.hongyan.proto.group.getIncrementalJoinGroupReq;
import im.hongyan.proto.group.getIncrementalJoinGroupResp;
import im.hongyan.proto.relation.getIncrementalFriendsReq;
import im.hongyan.proto.relation.getIncrementalFriendsResp;
import im.hongyan.proto.sdkws.BlackInfo;
import im.hongyan.proto.sdkws.FriendInfo;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.sdkws.GroupMemberFullInfo;
import im.hongyan.proto.sdkws.UserInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The lists that a device keeps beside its messages: groups with their members, friends,
 * conversations, blacklist, and names of those who are in none of them (client-sync.md 4, 7.5).
 * Used by one thread.
 */
final class ContactLists {
  private final LoginOptions user;
  private final DeviceRoutes routes;
  private final SyncedList<GroupInfo> groups;
  private final SyncedList<FriendInfo> friends;
  private final SyncedList<Conversation> conversations;
  private final Map<String, SyncedList<GroupMemberFullInfo>> members = new HashMap<>();
  private final Map<String, String> names = new HashMap<>();
  private final List<BlackInfo> blacks = new ArrayList<>();

  ContactLists(LoginOptions user, DeviceRoutes routes) {
    this.user = user;
    this.routes = routes;
    this.groups = new SyncedList<>(GroupInfo::getGroupID, routes.groups());
    this.friends = new SyncedList<>(row -> row.getFriendUser().getUserID(), routes.friends());
    this.conversations = new SyncedList<>(Conversation::getConversationID, routes.conversations());
  }

  void syncGroups() {
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

  void syncFriends() {
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

  void syncConversations() {
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

  /** Reads those of these conversations that are not known yet. */
  void readUnknown(Set<String> ids) {
    Set<String> unknown = new HashSet<>(ids);
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

  void readSelf() {
    List<UserInfo> self = routes.users(List.of(user.userId()));
    if (self.size() != 1) {
      throw new AssertionError("the user's own profile: " + self);
    }
  }

  void readBlacks() {
    blacks.clear();
    List<BlackInfo> page;
    int number = 1;
    do {
      page = routes.blacks(number++);
      blacks.addAll(page);
    } while (page.size() == DeviceRoutes.BLACKS_PER_PAGE);
  }

  /** The rows of the conversations, by their ids. */
  Map<String, Conversation> conversations() {
    return conversations.rows();
  }

  /** Remark or nickname of a conversation's peer, or the name of its group. */
  String name(Conversation row) {
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

  /** The ids of the joined groups in the server's order. */
  List<String> groups() {
    return groups.order();
  }

  /** The ids of the members of a joined group in the server's order. */
  List<String> members(String group) {
    return membersOf(group).order();
  }

  /** The ids of the friends in the server's order. */
  List<String> friends() {
    return friends.order();
  }

  /** The ids of the blacklisted users. */
  List<String> blacks() {
    return blacks.stream().map(row -> row.getBlackUserInfo().getUserID()).toList();
  }

  /** How often groups, friends and conversations were read as a whole, all together. */
  int fullReadings() {
    return groups.fullReadings() + friends.fullReadings() + conversations.fullReadings();
  }

  /** All rows; of conversations without the bounds, which clients ignore (client-sync.md 6). */
  List<Object> rows() {
    Map<String, Object> lists = new HashMap<>();
    members.forEach((group, list) -> lists.put(group, list.rows()));
    Map<String, Conversation> chats = new HashMap<>();
    conversations
        .rows()
        .forEach((id, row) -> chats.put(id, row.toBuilder().clearMaxSeq().clearMinSeq().build()));
    return List.of(
        groups.rows(),
        Set.copyOf(groups.order()),
        lists,
        friends.rows(),
        friends.order(),
        chats,
        blacks);
  }
}
