package im.hongyan.sdktests;

import im.hongyan.testkit.Eventually;
import im.hongyan.wire.id.ConversationId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.assertj.core.api.Assertions;
import tools.jackson.databind.JsonNode;

/** Groups as the official SDK makes them, changes them and lists them. Stateless. */
final class Groups {
  /** Applicants wait for an answer; who is invited is a member at once. */
  static final int APPROVED = 0;

  /** Everybody may join. */
  static final int OPEN = 2;

  static final int OWNER = 100;
  static final int ADMIN = 60;
  static final int ORDINARY = 20;

  private static final int WORKING = 2;
  private static final int SENT = 2;
  private static final int ALL = 0;
  private static final int PAGE = 100;

  private Groups() {}

  /** Makes a group that applicants must be let into; returns once all list it and its members. */
  static String create(String name, SdkUser owner, SdkUser... members) {
    return create(Map.of("groupName", name), owner, members);
  }

  /** Makes a group with settings; returns its id once all list it and its members. */
  static String create(Map<String, ?> settings, SdkUser owner, SdkUser... members) {
    Map<String, Object> info = new HashMap<>(settings);
    info.put("groupType", WORKING);
    String group =
        owner
            .call(
                "createGroup",
                Map.of(
                    "memberUserIDs",
                    Arrays.stream(members).map(SdkUser::id).toList(),
                    "groupInfo",
                    info))
            .path("groupID")
            .asString();
    List<SdkUser> all = new ArrayList<>(List.of(members));
    all.add(owner);
    for (SdkUser member : all) {
      member.await("OnJoinedGroupAdded", isGroup(group));
      awaitMembers(member, group, all.size());
    }
    return group;
  }

  /** A change that comes before a device has the members is part of them, and no event. */
  private static void awaitMembers(SdkUser user, String group, int count) {
    Eventually.eventually(() -> Assertions.assertThat(memberIds(user, group)).hasSize(count));
  }

  /** Whether an event or a row is about a group. */
  static Predicate<JsonNode> isGroup(String group) {
    return event -> event.path("groupID").asString().equals(group);
  }

  /** Whether an event or a row is about a member of a group. */
  static Predicate<JsonNode> isMember(String group, SdkUser member) {
    return event ->
        isGroup(group).test(event) && event.path("userID").asString().equals(member.id());
  }

  /** The chat conversation of a group. */
  static ConversationId chat(String group) {
    return ConversationId.group(group);
  }

  /** The texts of the group without those that were refused, oldest first. */
  static List<String> texts(SdkUser user, String group) {
    return user.historyPages(chat(group), PAGE).reversed().stream()
        .flatMap(page -> SdkUser.stream(page.path("messageList")))
        .filter(message -> message.path("status").asInt() == SENT)
        .map(message -> message.path("textElem").path("content").asString(""))
        .filter(text -> !text.isEmpty())
        .toList();
  }

  /** Waits until a message of a content type was received in a group, and returns it. */
  static JsonNode awaitType(SdkUser user, String group, int contentType) {
    return user.awaitMessage(message ->
        isGroup(group).test(message) && message.path("contentType").asInt() == contentType);
  }

  /** The ids of the groups that a user has joined. */
  static List<String> joined(SdkUser user) {
    return SdkUser.stream(user.call("getJoinedGroupList"))
        .map(group -> group.path("groupID").asString())
        .toList();
  }

  /** A group as a user's device shows it. */
  static JsonNode info(SdkUser user, String group) {
    return user.call("getSpecifiedGroupsInfo", List.of(group)).path(0);
  }

  /** The members of a group in the SDK's order. */
  static JsonNode members(SdkUser user, String group) {
    return members(user, group, ALL, 0, PAGE);
  }

  /** A page of the members of a group that a filter lets pass. */
  static JsonNode members(SdkUser user, String group, int filter, int offset, int count) {
    return user.call(
        "getGroupMemberList",
        Map.of("groupID", group, "filter", filter, "offset", offset, "count", count));
  }

  /** The ids of all members in the SDK's order. */
  static List<String> memberIds(SdkUser user, String group) {
    return Friendships.ids(members(user, group));
  }

  /** A member's row. */
  static JsonNode member(SdkUser user, String group, SdkUser member) {
    return user.call(
            "getSpecifiedGroupMembersInfo",
            Map.of("groupID", group, "userIDList", List.of(member.id())))
        .path(0);
  }

  /** Invites users. */
  static void invite(SdkUser inviter, String group, String... users) {
    inviter.call("inviteUserToGroup", users(group, users));
  }

  /** Removes members. */
  static void kick(SdkUser kicker, String group, String... users) {
    kicker.call("kickGroupMember", users(group, users));
  }

  /** Joins, or applies for it. */
  static void join(SdkUser user, String group, String words) {
    user.call("joinGroup", Map.of("groupID", group, "reqMsg", words, "joinSource", 3));
  }

  private static Map<String, Object> users(String group, String... users) {
    return Map.of("groupID", group, "reason", "", "userIDList", List.of(users));
  }

  /** What the SDK gives for a text that may not be sent. */
  static int refusedText(SdkUser user, String group) {
    JsonNode message = user.call("createTextMessage", "not for you");
    return user.refused("sendMessage", Map.of("recvID", "", "groupID", group, "message", message));
  }
}
