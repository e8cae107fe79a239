package im.hongyan.sdktests;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.testkit.Eventually;
import im.hongyan.wire.id.ConversationId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Proves that a device with an empty database shows what the one before it showed: conversations in
 * their order with settings, names, unread counts and newest messages; groups with their members;
 * friends and the blacklist (client-sync.md 4.1).
 */
@SdkCase
@Tag("long")
class ReinstallE2E {
  private static final List<String> OF_CONVERSATIONS =
      List.of(
          "conversationType",
          "userID",
          "groupID",
          "showName",
          "faceURL",
          "recvMsgOpt",
          "unreadCount",
          "groupAtType",
          "isPinned",
          "isPrivateChat",
          "burnDuration",
          "isMsgDestruct",
          "msgDestructTime",
          "attachedInfo",
          "ex",
          "latestMsgSendTime");
  private static final List<String> OF_MESSAGES =
      List.of("clientMsgID", "serverMsgID", "sendID", "sendTime", "contentType", "seq");

  private final SdkSystem system;

  ReinstallE2E(SdkSystem system) {
    this.system = system;
  }

  /** What a device shows, by where it shows it. */
  private static Map<String, Object> shown(SdkUser user) {
    Map<String, Object> all = new TreeMap<>();
    List<String> order = new ArrayList<>();
    for (JsonNode one : user.call("getAllConversationList")) {
      order.add(one.path("conversationID").asString());
      all.put(one.path("conversationID").asString(), fields(one, OF_CONVERSATIONS));
      JsonNode latest = SdkUser.parse(one.path("latestMsg").asString());
      all.put("latest of " + one.path("conversationID").asString(), fields(latest, OF_MESSAGES));
    }
    all.put("order", order);
    JsonNode groups = user.call("getJoinedGroupList");
    all.put("groups", byId(groups, "groupID"));
    for (JsonNode group : groups) {
      String id = group.path("groupID").asString();
      all.put("members of " + id, list(Groups.members(user, id)));
      all.put("texts of " + id, Groups.texts(user, id));
    }
    all.put("friends", byId(user.call("getFriendList"), "userID"));
    all.put("blacks", byId(user.call("getBlackList"), "userID"));
    all.put("unread", user.call("getTotalUnreadMsgCount").asInt());
    all.put("self", user.call("getSelfUserInfo"));
    return all;
  }

  private static Map<String, String> fields(JsonNode row, List<String> names) {
    Map<String, String> fields = new TreeMap<>();
    names.forEach(name -> fields.put(name, row.path(name).asString("")));
    return fields;
  }

  private static List<JsonNode> list(JsonNode rows) {
    return SdkUser.stream(rows).toList();
  }

  private static Map<String, JsonNode> byId(JsonNode rows, String id) {
    Map<String, JsonNode> all = new TreeMap<>();
    rows.forEach(row -> all.put(row.path(id).asString(), row));
    return all;
  }

  @Test
  void anEmptyDatabaseShowsWhatTheOldDeviceShowed() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob");
        SdkUser carl = system.login("carl")) {
      fill(alice, bob, carl);
      Map<String, Object> before = shown(alice);
      assertThat(before).containsEntry("unread", 6);
      alice.leave();
      try (SdkUser fresh = system.openAnother(alice)) {
        fresh.login();
        Eventually.eventually(() -> assertThat(shown(fresh)).isEqualTo(before));
        bob.sendText(alice.id(), "welcome back");
        fresh.awaitText("welcome back");
      }
      alice.restart();
      alice.login();
      alice.awaitText("welcome back");
    }
  }

  /** Friends, a blacklisted user, three groups and what is written in them; six unread. */
  private void fill(SdkUser alice, SdkUser bob, SdkUser carl) {
    Friendships.make(alice, bob);
    alice.call(
        "updateFriends",
        Map.of("friendUserIDs", List.of(bob.id()), "remark", "Bobby", "isPinned", true));
    alice.addBlack(carl);
    String flock = Groups.create("flock", bob, alice, carl);
    String quiet = Groups.create("quiet", alice, bob);
    String left = Groups.create("left", bob, alice);
    Groups.create("empty", alice);
    carl.sendToGroup(flock, "from carl");
    alice.awaitText("from carl");
    bob.sendText(alice.id(), "from bob");
    alice.awaitText("from bob");
    bob.sendToGroup(quiet, "from bob in the group");
    alice.awaitText("from bob in the group");
    system.read(alice, Groups.chat(quiet));
    bob.call(
        "setGroupMemberInfo",
        Map.of("groupID", quiet, "userID", bob.id(), "nickname", "B.", "ex", "x"));
    alice.call("setConversation", pinned(Groups.chat(quiet)));
    alice.call("quitGroup", left);
    alice.await("OnJoinedGroupDeleted", Groups.isGroup(left));
    Groups.awaitType(alice, left, 1504);
    system.read(alice, Groups.chat(left));
    bob.sendText(alice.id(), "one more");
    bob.sendToGroup(flock, "and more");
    alice.awaitText("and more");
    Eventually.eventually(() -> {
      assertThat(Groups.member(alice, quiet, bob).path("nickname").asString()).isEqualTo("B.");
      assertThat(Friendships.row(alice, bob).path("remark").asString()).isEqualTo("Bobby");
      assertThat(alice.conversation(Groups.chat(quiet)).path("isPinned").asBoolean()).isTrue();
      assertThat(alice.conversation(bob).path("showName").asString()).isEqualTo("Bobby");
    });
  }

  private static Map<String, Object> pinned(ConversationId conversation) {
    return Map.of("conversationID", conversation.value(), "isPinned", true, "ex", "mine");
  }
}
