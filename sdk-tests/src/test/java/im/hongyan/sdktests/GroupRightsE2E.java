package im.hongyan.sdktests;

import static im.hongyan.sdktests.Groups.isGroup;
import static im.hongyan.sdktests.Groups.isMember;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.testkit.Eventually;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Proves what owners and admins do to a group and its members, as the official SDK shows it to all.
 */
@SdkCase
class GroupRightsE2E {
  private static final int TRANSFERRED = 1507;
  private static final int MEMBER_MUTED = 1512;
  private static final int MEMBER_UNMUTED = 1513;
  private static final int GROUP_MUTED = 1514;
  private static final int GROUP_UNMUTED = 1515;
  private static final int ANNOUNCEMENT = 1519;
  private static final int NAME = 1520;
  private static final int NO_PERMISSION = 1002;
  private static final int MUTED_MEMBER = 1402;
  private static final int MUTED_GROUP = 1403;
  private static final int MUTED = 3;
  private static final int ADMINS_AND_OWNER = 5;

  private final SdkSystem system;

  GroupRightsE2E(SdkSystem system) {
    this.system = system;
  }

  private static void mute(SdkUser by, String group, SdkUser member, int seconds) {
    by.call(
        "changeGroupMemberMute",
        Map.of("groupID", group, "userID", member.id(), "mutedSeconds", seconds));
  }

  private static void mute(SdkUser by, String group, boolean muted) {
    by.call("changeGroupMute", Map.of("groupID", group, "isMute", muted));
  }

  @Test
  @Tag("long")
  void aMutedMemberCannotWriteUntilTheMuteEnds() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      String group = Groups.create("mute", alice, bob);
      mute(alice, group, bob, 600);
      JsonNode muted =
          bob.await(
              "OnGroupMemberInfoChanged",
              event -> isMember(group, bob).test(event) && event.path("muteEndTime").asLong() > 0);
      assertThat(muted.path("muteEndTime").asLong()).isGreaterThan(System.currentTimeMillis());
      Groups.awaitType(bob, group, MEMBER_MUTED);
      assertThat(Groups.refusedText(bob, group)).isEqualTo(MUTED_MEMBER);
      alice.sendToGroup(group, "others may");
      bob.awaitText("others may");

      mute(alice, group, bob, 0);
      Groups.awaitType(bob, group, MEMBER_UNMUTED);
      Eventually.eventually(
          () -> assertThat(Groups.member(bob, group, bob).path("muteEndTime").asLong()).isZero());
      bob.sendToGroup(group, "speaking again");
      alice.awaitText("speaking again");
    }
  }

  @Test
  @Tag("long")
  void inAMutedGroupOnlyOwnerAndAdminsWrite() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      String group = Groups.create("mute all", alice, bob);
      mute(alice, group, true);
      bob.await(
          "OnGroupInfoChanged",
          event -> isGroup(group).test(event) && event.path("status").asInt() == MUTED);
      Groups.awaitType(bob, group, GROUP_MUTED);
      assertThat(Groups.refusedText(bob, group)).isEqualTo(MUTED_GROUP);
      alice.sendToGroup(group, "the owner may");
      bob.awaitText("the owner may");
      setRole(alice, group, bob, Groups.ADMIN);
      bob.sendToGroup(group, "an admin may");
      alice.awaitText("an admin may");
      setRole(alice, group, bob, Groups.ORDINARY);
      assertThat(Groups.refusedText(bob, group)).isEqualTo(MUTED_GROUP);

      mute(alice, group, false);
      Groups.awaitType(bob, group, GROUP_UNMUTED);
      bob.sendToGroup(group, "all may");
      alice.awaitText("all may");
      Eventually.eventually(
          () -> assertThat(Groups.info(bob, group).path("status").asInt()).isZero());
    }
  }

  private static void setRole(SdkUser by, String group, SdkUser member, int role) {
    by.call(
        "setGroupMemberInfo", Map.of("groupID", group, "userID", member.id(), "roleLevel", role));
  }

  private static List<String> managers(SdkUser user, String group) {
    return Friendships.ids(Groups.members(user, group, ADMINS_AND_OWNER, 0, 10));
  }

  @Test
  @Tag("long")
  void anAdminMayWhatOrdinaryMembersMayNot() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob");
        SdkUser carl = system.login("carl")) {
      String group = Groups.create("roles", alice, carl, bob);
      Map<String, Object> carlOut =
          Map.of("groupID", group, "reason", "", "userIDList", List.of(carl.id()));
      assertThat(bob.refused("kickGroupMember", carlOut)).isEqualTo(NO_PERMISSION);
      assertThat(bob.refused("dismissGroup", group)).isEqualTo(NO_PERMISSION);
      setRole(alice, group, bob, Groups.ADMIN);
      for (SdkUser member : List.of(bob, carl)) {
        member.await(
            "OnGroupMemberInfoChanged",
            event ->
                isMember(group, bob).test(event)
                    && event.path("roleLevel").asInt() == Groups.ADMIN);
        Eventually.eventually(() -> {
          assertThat(managers(member, group)).containsExactlyInAnyOrder(alice.id(), bob.id());
          assertThat(Groups.memberIds(member, group))
              .as("admins come before ordinary members")
              .containsExactly(alice.id(), bob.id(), carl.id());
        });
      }
      Groups.kick(bob, group, carl.id());
      carl.await("OnJoinedGroupDeleted", isGroup(group));
      assertThat(bob.refused("dismissGroup", group)).isEqualTo(NO_PERMISSION);
    }
  }

  @Test
  @Tag("long")
  void ownershipIsHandedOver() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      String group = Groups.create("transfer", alice, bob);
      assertThat(alice.refused("quitGroup", group)).as("an owner").isEqualTo(NO_PERMISSION);
      alice.call("transferGroupOwner", Map.of("groupID", group, "newOwnerUserID", bob.id()));
      Groups.awaitType(bob, group, TRANSFERRED);
      for (SdkUser member : List.of(alice, bob)) {
        Eventually.eventually(() -> {
          assertThat(Groups.memberIds(member, group)).containsExactly(bob.id(), alice.id());
          assertThat(Groups.member(member, group, bob).path("roleLevel").asInt())
              .isEqualTo(Groups.OWNER);
          assertThat(Groups.member(member, group, alice).path("roleLevel").asInt())
              .isEqualTo(Groups.ORDINARY);
          assertThat(Groups.info(member, group).path("ownerUserID").asString()).isEqualTo(bob.id());
        });
      }
      assertThat(alice.refused("dismissGroup", group)).isEqualTo(NO_PERMISSION);
      alice.call("quitGroup", group);
      bob.await("OnGroupMemberDeleted", isMember(group, alice));
      bob.call("dismissGroup", group);
      bob.await("OnGroupDismissed", isGroup(group));
    }
  }

  @Test
  @Tag("long")
  void anAnnouncementIsShownToAll() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      String group = Groups.create("news", alice, bob);
      assertThat(bob.refused("setGroupInfo", Map.of("groupID", group, "notification", "mine")))
          .isEqualTo(NO_PERMISSION);
      alice.call("setGroupInfo", Map.of("groupID", group, "notification", "Meet at <9>"));
      for (SdkUser member : List.of(alice, bob)) {
        JsonNode event =
            member.await(
                "OnGroupInfoChanged",
                changed -> changed.path("notification").asString().equals("Meet at <9>"));
        assertThat(event.path("notificationUserID").asString()).isEqualTo(alice.id());
        assertThat(event.path("notificationUpdateTime").asLong()).isPositive();
      }
      JsonNode message = Groups.awaitType(bob, group, ANNOUNCEMENT);
      assertThat(message.path("sendID").asString()).isEqualTo(alice.id());
      assertThat(message.path("notificationElem").path("detail").asString())
          .contains("Meet at")
          .contains(group);
      assertThat(Groups.info(bob, group).path("notification").asString()).isEqualTo("Meet at <9>");
    }
  }

  @Test
  @Tag("long")
  void aNewNameAndOtherSettingsAreShownToAll() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      String group = Groups.create("old name", alice, bob);
      alice.call(
          "setGroupInfo",
          Map.of(
              "groupID",
              group,
              "groupName",
              "新名字",
              "introduction",
              "about us",
              "faceURL",
              "http://127.0.0.1/g.png",
              "ex",
              "{\"a\":1}",
              "needVerification",
              1,
              "lookMemberInfo",
              1,
              "applyMemberFriend",
              1));
      Groups.awaitType(bob, group, NAME);
      for (SdkUser member : List.of(alice, bob)) {
        Eventually.eventually(() -> {
          JsonNode info = Groups.info(member, group);
          assertThat(info.path("groupName").asString()).isEqualTo("新名字");
          assertThat(info.path("introduction").asString()).isEqualTo("about us");
          assertThat(info.path("faceURL").asString()).isEqualTo("http://127.0.0.1/g.png");
          assertThat(info.path("ex").asString()).isEqualTo("{\"a\":1}");
          assertThat(info.path("needVerification").asInt()).isOne();
          assertThat(info.path("lookMemberInfo").asInt()).isOne();
          assertThat(info.path("applyMemberFriend").asInt()).isOne();
          JsonNode conversation = member.conversation(Groups.chat(group));
          assertThat(conversation.path("showName").asString()).isEqualTo("新名字");
          assertThat(conversation.path("faceURL").asString()).isEqualTo("http://127.0.0.1/g.png");
        });
      }
    }
  }

  @Test
  @Tag("long")
  void aNicknameInTheGroupIsShownToTheOthers() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      String group = Groups.create("names", alice, bob);
      bob.call(
          "setGroupMemberInfo",
          Map.of(
              "groupID", group,
              "userID", bob.id(),
              "nickname", "Bobby",
              "faceURL", "http://127.0.0.1/b.png",
              "ex", "goalkeeper"));
      JsonNode changed =
          alice.await(
              "OnGroupMemberInfoChanged",
              event -> event.path("nickname").asString().equals("Bobby"));
      assertThat(changed.path("userID").asString()).isEqualTo(bob.id());
      assertThat(changed.path("faceURL").asString()).isEqualTo("http://127.0.0.1/b.png");
      assertThat(changed.path("ex").asString()).isEqualTo("goalkeeper");
      bob.sendToGroup(group, "who am I?");
      alice.awaitText("who am I?");
      JsonNode shown =
          SdkUser.stream(alice.historyPages(Groups.chat(group), 10).getFirst().path("messageList"))
              .filter(message -> message.path("sendID").asString().equals(bob.id()))
              .findFirst()
              .orElseThrow();
      assertThat(shown.path("senderNickname").asString()).isEqualTo("Bobby");
      assertThat(shown.path("senderFaceUrl").asString()).isEqualTo("http://127.0.0.1/b.png");
      assertThat(
              bob.refused(
                  "setGroupMemberInfo",
                  Map.of("groupID", group, "userID", alice.id(), "nickname", "Ali")))
          .isEqualTo(NO_PERMISSION);
      bob.call("setGroupMemberInfo", Map.of("groupID", group, "userID", bob.id(), "nickname", ""));
      Eventually.eventually(() ->
          assertThat(Groups.member(alice, group, bob).path("nickname").asString())
              .as("the user's own")
              .isEqualTo(bob.id()));
    }
  }
}
