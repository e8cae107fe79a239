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

/** Proves how groups begin and end in the official SDK, and how members come and go. */
@SdkCase
class GroupsE2E {
  private static final int UNHANDLED = 0;
  private static final int AGREED = 1;
  private static final int REFUSED = -1;
  private static final int CREATED = 1501;
  private static final int QUIT = 1504;
  private static final int KICKED = 1508;
  private static final int INVITED = 1509;
  private static final int ENTERED = 1510;
  private static final int DISMISSED = 1511;
  private static final int NOT_IN_GROUP = 1203;
  private static final int GROUP_IS_DISMISSED = 1204;

  private final SdkSystem system;

  GroupsE2E(SdkSystem system) {
    this.system = system;
  }

  @Test
  void aNewGroupIsShownToItsMembersAndTextGoesBothWays() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      String group = Groups.create("鸿雁 <flock>", alice, bob);
      for (SdkUser member : List.of(alice, bob)) {
        JsonNode info = Groups.info(member, group);
        assertThat(info.path("groupName").asString()).isEqualTo("鸿雁 <flock>");
        assertThat(info.path("ownerUserID").asString()).isEqualTo(alice.id());
        assertThat(info.path("creatorUserID").asString()).isEqualTo(alice.id());
        assertThat(info.path("memberCount").asInt()).isEqualTo(2);
        assertThat(info.path("status").asInt()).isZero();
        assertThat(Groups.joined(member)).containsExactly(group);
        Eventually.eventually(() ->
            assertThat(Groups.memberIds(member, group)).containsExactly(alice.id(), bob.id()));
      }
      Groups.awaitType(bob, group, CREATED);
      alice.sendToGroup(group, "to the flock");
      JsonNode received = bob.awaitText("to the flock");
      assertThat(received.path("groupID").asString()).isEqualTo(group);
      assertThat(received.path("sendID").asString()).isEqualTo(alice.id());
      assertThat(received.path("senderNickname").asString()).isEqualTo(alice.id());
      bob.sendToGroup(group, "from the flock");
      alice.awaitText("from the flock");
      for (SdkUser member : List.of(alice, bob)) {
        assertThat(Groups.texts(member, group)).containsExactly("to the flock", "from the flock");
      }
      JsonNode conversation = bob.conversation(Groups.chat(group));
      assertThat(conversation.path("showName").asString()).isEqualTo("鸿雁 <flock>");
      assertThat(conversation.path("unreadCount").asInt()).as("1501 and a text").isEqualTo(2);
      system.read(bob, Groups.chat(group));
    }
  }

  @Test
  @Tag("long")
  void whoIsInvitedIsAMemberForAllAndReadsWhatWasWrittenBefore() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob");
        SdkUser carl = system.login("carl")) {
      String group = Groups.create("invite", alice, bob);
      alice.sendToGroup(group, "before");
      Groups.invite(bob, group, carl.id());
      carl.await("OnJoinedGroupAdded", isGroup(group));
      for (SdkUser member : List.of(alice, bob)) {
        member.await("OnGroupMemberAdded", isMember(group, carl));
      }
      Groups.awaitType(alice, group, INVITED);
      for (SdkUser member : List.of(alice, bob, carl)) {
        Eventually.eventually(() -> {
          assertThat(Groups.memberIds(member, group))
              .containsExactly(alice.id(), bob.id(), carl.id());
          assertThat(Groups.info(member, group).path("memberCount").asInt()).isEqualTo(3);
        });
        JsonNode row = Groups.member(member, group, carl);
        assertThat(row.path("inviterUserID").asString()).isEqualTo(bob.id());
        assertThat(row.path("joinSource").asInt()).isEqualTo(2);
        assertThat(row.path("nickname").asString()).isEqualTo(carl.id());
      }
      alice.sendToGroup(group, "after");
      carl.awaitText("after");
      assertThat(Groups.texts(carl, group)).containsExactly("before", "after");
    }
  }

  @Test
  @Tag("long")
  void anOpenGroupIsJoinedAtOnce() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      String group =
          Groups.create(Map.of("groupName", "open", "needVerification", Groups.OPEN), alice);
      Groups.join(bob, group, "");
      bob.await("OnJoinedGroupAdded", isGroup(group));
      alice.await("OnGroupMemberAdded", isMember(group, bob));
      Groups.awaitType(alice, group, ENTERED);
      assertThat(alice.events().named("OnGroupApplicationAdded")).isEmpty();
      bob.sendToGroup(group, "here I am");
      alice.awaitText("here I am");
      assertThat(bob.call("isJoinGroup", group).asBoolean()).isTrue();
    }
  }

  @Test
  void anApplicationIsRefusedAndTheNextOneAccepted() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      String group = Groups.create("apply", alice);
      Groups.join(bob, group, "let me in");
      JsonNode application = alice.await("OnGroupApplicationAdded", isMember(group, bob));
      assertThat(application.path("reqMsg").asString()).isEqualTo("let me in");
      assertThat(application.path("nickname").asString()).isEqualTo(bob.id());
      assertThat(application.path("groupName").asString()).isEqualTo("apply");
      assertApplication(received(alice, group), UNHANDLED, "let me in", "");
      assertApplication(sent(bob, group), UNHANDLED, "let me in", "");
      assertThat(unhandled(alice)).isOne();

      alice.call("refuseGroupApplication", answer(group, bob, "no"));
      JsonNode refused = bob.await("OnGroupApplicationRejected", isMember(group, bob));
      assertThat(refused.path("handledMsg").asString()).isEqualTo("no");
      assertApplication(sent(bob, group), REFUSED, "let me in", "no");
      assertThat(Groups.joined(bob)).isEmpty();

      Groups.join(bob, group, "please");
      Eventually.eventually(() -> assertThat(unhandled(alice)).isOne());
      alice.call("acceptGroupApplication", answer(group, bob, "well"));
      bob.await("OnGroupApplicationAccepted", isMember(group, bob));
      bob.await("OnJoinedGroupAdded", isGroup(group));
      alice.await("OnGroupMemberAdded", isMember(group, bob));
      assertApplication(sent(bob, group), AGREED, "please", "well");
      assertApplication(received(alice, group), AGREED, "please", "well");
      assertThat(unhandled(alice)).isZero();
      bob.sendToGroup(group, "thanks");
      alice.awaitText("thanks");
    }
  }

  private static Map<String, Object> answer(String group, SdkUser applicant, String words) {
    return Map.of("groupID", group, "fromUserID", applicant.id(), "handleMsg", words);
  }

  private static Map<String, Object> all(String group) {
    return Map.of("groupID", List.of(group), "handleResults", List.of(), "offset", 0, "count", 20);
  }

  private static JsonNode received(SdkUser user, String group) {
    return user.call("getGroupApplicationListAsRecipient", all(group));
  }

  private static JsonNode sent(SdkUser user, String group) {
    return user.call("getGroupApplicationListAsApplicant", all(group));
  }

  private static int unhandled(SdkUser user) {
    return user.call("getGroupApplicationUnhandledCount", Map.of("time", 0)).asInt();
  }

  private static void assertApplication(JsonNode list, int result, String request, String answer) {
    assertThat(list).hasSize(1);
    assertThat(list.path(0).path("handleResult").asInt()).isEqualTo(result);
    assertThat(list.path(0).path("reqMsg").asString()).isEqualTo(request);
    assertThat(list.path(0).path("handledMsg").asString()).isEqualTo(answer);
  }

  @Test
  void whoQuitsOrIsRemovedReadsToHisLeaveAndMayComeBack() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      String group = Groups.create("leave", alice, bob);
      alice.sendToGroup(group, "one");
      bob.awaitText("one");
      bob.call("quitGroup", group);
      bob.await("OnJoinedGroupDeleted", isGroup(group));
      alice.await("OnGroupMemberDeleted", isMember(group, bob));
      Groups.awaitType(alice, group, QUIT);
      assertThat(Groups.joined(bob)).isEmpty();
      assertThat(Groups.memberIds(alice, group)).containsExactly(alice.id());
      assertThat(Groups.refusedText(bob, group)).isEqualTo(NOT_IN_GROUP);
      alice.sendToGroup(group, "without bob");
      assertThat(Groups.texts(bob, group)).containsExactly("one");

      bob.events().clear();
      alice.events().clear();
      Groups.invite(alice, group, bob.id());
      bob.await("OnJoinedGroupAdded", isGroup(group));
      alice.sendToGroup(group, "two");
      bob.awaitText("two");
      assertThat(Groups.texts(bob, group)).containsExactly("one", "without bob", "two");
      Groups.kick(alice, group, bob.id());
      bob.await("OnJoinedGroupDeleted", isGroup(group));
      alice.await("OnGroupMemberDeleted", isMember(group, bob));
      Groups.awaitType(bob, group, KICKED);
      assertThat(Groups.joined(bob)).isEmpty();
      assertThat(Groups.refusedText(bob, group)).isEqualTo(NOT_IN_GROUP);
    }
  }

  @Test
  void aDismissedGroupIsGoneForAll() {
    try (SdkUser alice = system.login("alice");
        SdkUser bob = system.login("bob")) {
      String group = Groups.create("short-lived", alice, bob);
      alice.sendToGroup(group, "last words");
      bob.awaitText("last words");
      alice.call("dismissGroup", group);
      for (SdkUser member : List.of(alice, bob)) {
        member.await("OnGroupDismissed", isGroup(group));
        Groups.awaitType(member, group, DISMISSED);
        Eventually.eventually(() -> assertThat(Groups.joined(member)).isEmpty());
      }
      assertThat(Groups.texts(bob, group)).as("what was written stays").contains("last words");
      assertThat(Groups.refusedText(bob, group)).isEqualTo(GROUP_IS_DISMISSED);
    }
  }
}
