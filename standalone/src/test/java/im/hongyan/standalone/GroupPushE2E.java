package im.hongyan.standalone;

import static im.hongyan.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import im.hongyan.client.session.LoginOptions;
import im.hongyan.proto.group.CreateGroupReq;
import im.hongyan.proto.group.CreateGroupResp;
import im.hongyan.proto.group.InviteUserToGroupReq;
import im.hongyan.proto.group.InviteUserToGroupResp;
import im.hongyan.proto.msg.SendMsgResp;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.testkit.system.RestCalls;
import im.hongyan.testkit.system.RunningSystem;
import im.hongyan.testkit.system.SystemAddress;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.Platform;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Proves on a whole system that a message to a group reaches the devices of those who are members
 * when it is pushed, and that who has it on no phone is notified offline, over the webhook.
 */
class GroupPushE2E {
  private static final int GROUP = 3;

  @TempDir private static Path folder;
  private static final List<String> NOTICES = new CopyOnWriteArrayList<>();
  private static HttpServer webhook;
  private static RunningSystem running;
  private static SystemAddress system;
  private static RestCalls rest;

  @BeforeAll
  static void start() throws IOException {
    webhook = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    webhook.createContext(
        "/offline",
        exchange -> {
          byte[] body = exchange.getRequestBody().readAllBytes();
          NOTICES.add(new String(body, StandardCharsets.UTF_8));
          exchange.sendResponseHeaders(200, -1);
          exchange.close();
        });
    webhook.start();
    Path data = folder.resolve("data");
    Files.writeString(
        RunningSystem.config(data),
        "push:\n  offline:\n    provider: webhook\n    webhook:\n      url: http://127.0.0.1:"
            + webhook.getAddress().getPort()
            + "/offline\n");
    running = RunningSystem.start(data);
    system = running.address();
    rest = new RestCalls(system);
  }

  @AfterAll
  static void stop() {
    rest.close();
    running.close();
    webhook.stop(0);
  }

  private static LoginOptions login(String name, Platform platform) {
    return system.login(name + MessageIds.next().substring(0, 8), platform);
  }

  private static String create(LoginOptions owner, LoginOptions... members) {
    CreateGroupReq.Builder request =
        CreateGroupReq.newBuilder()
            .setOwnerUserID(owner.userId())
            .setGroupInfo(GroupInfo.newBuilder().setGroupName("flock").setGroupType(2));
    List.of(members).forEach(member -> request.addMemberUserIDs(member.userId()));
    return rest.call(
            owner, "/group/create_group", request.build(), CreateGroupResp.getDefaultInstance())
        .getGroupInfo()
        .getGroupID();
  }

  private static void invite(LoginOptions caller, String groupId, LoginOptions user) {
    rest.call(
        caller,
        "/group/invite_user_to_group",
        InviteUserToGroupReq.newBuilder()
            .setGroupID(groupId)
            .addInvitedUserIDs(user.userId())
            .build(),
        InviteUserToGroupResp.getDefaultInstance());
  }

  private static MsgData text(TestUser sender, String groupId, String text) {
    return sender.text("", text).toBuilder().setSessionType(GROUP).setGroupID(groupId).build();
  }

  /** The next message of the group's chat that a user wrote. */
  private static MsgData next(TestUser user, String groupId) {
    while (true) {
      TestUser.Pushed pushed = user.awaitPush();
      if (pushed.conversationId().equals("sg_" + groupId)
          && pushed.message().getContentType() == 101) {
        return pushed.message();
      }
    }
  }

  private static List<String> notices(String clientMsgId) {
    return NOTICES.stream().filter(notice -> notice.contains(clientMsgId)).toList();
  }

  @Test
  void aMessageReachesWhoIsAMemberWhenItIsPushedAndTheSendersOtherDevice() {
    LoginOptions alice = login("alice", Platform.ANDROID);
    LoginOptions bob = login("bob", Platform.IOS);
    LoginOptions carl = login("carl", Platform.ANDROID);
    String group = create(alice, bob);
    try (TestUser sender = new TestUser(alice);
        TestUser phone = new TestUser(bob);
        TestUser late = new TestUser(carl)) {
      SendMsgResp first = sender.send(text(sender, group, "one"));
      for (TestUser user : List.of(sender, phone)) {
        assertThat(next(user, group).getServerMsgID()).isEqualTo(first.getServerMsgID());
      }
      invite(bob, group, carl);
      SendMsgResp second = sender.send(text(sender, group, "two"));
      for (TestUser user : List.of(sender, phone)) {
        assertThat(next(user, group).getServerMsgID()).isEqualTo(second.getServerMsgID());
      }
      MsgData toCarl = next(late, group);
      assertThat(toCarl.getServerMsgID())
          .as("only what came after him")
          .isEqualTo(second.getServerMsgID());
      assertThat(toCarl.getSeq()).isPositive();
      assertThat(toCarl.getStatus()).isEqualTo(2);
    }
  }

  @Test
  void whoHasItOnNoPhoneIsNotifiedOffline() {
    LoginOptions alice = login("alice", Platform.ANDROID);
    LoginOptions phone = login("bob", Platform.ANDROID);
    LoginOptions web = login("dan", Platform.WEB);
    LoginOptions away = login("eve", Platform.ANDROID);
    String group = create(alice, phone, web, away);
    try (TestUser sender = new TestUser(alice);
        TestUser bob = new TestUser(phone);
        TestUser dan = new TestUser(web)) {
      MsgData message = text(sender, group, "hello");
      sender.send(message);
      assertThat(next(bob, group).getClientMsgID()).isEqualTo(message.getClientMsgID());
      assertThat(next(dan, group).getClientMsgID()).isEqualTo(message.getClientMsgID());
      eventually(() -> assertThat(notices(message.getClientMsgID())).isNotEmpty());
      assertThat(notices(message.getClientMsgID()))
          .singleElement()
          .asString()
          .contains(web.userId(), away.userId(), "\"title\":\"[TEXT]\"")
          .doesNotContain(alice.userId())
          .doesNotContain(phone.userId())
          .doesNotContain("hello");
      MsgData quiet =
          text(sender, group, "quiet").toBuilder().putOptions("offlinePush", false).build();
      sender.send(quiet);
      MsgData last = text(sender, group, "last");
      sender.send(last);
      eventually(() -> assertThat(notices(last.getClientMsgID())).hasSize(1));
      assertThat(notices(quiet.getClientMsgID())).isEmpty();
    }
  }
}
