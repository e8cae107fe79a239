package im.hongyan.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.client.rest.RestClient;
import im.hongyan.client.session.LoginOptions;
import im.hongyan.proto.group.CreateGroupReq;
import im.hongyan.proto.group.CreateGroupResp;
import im.hongyan.proto.group.InviteUserToGroupReq;
import im.hongyan.proto.group.InviteUserToGroupResp;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.testkit.Eventually;
import im.hongyan.testkit.system.RunningSystem;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.wire.id.Platform;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Proves, on a whole system whose groups keep their history from new members, where that begins
 * which these may read (messaging.md 7.4).
 */
class NewMembersE2E {
  private static final int INVITED = 1509;

  @TempDir private Path folder;

  @Test
  void whoIsInvitedReadsFromTheInvitationOn() throws IOException {
    try (RunningSystem running =
            RunningSystem.start(
                folder.resolve("data"), Map.of("HONGYAN_MSG_HISTORY_FOR_NEW_MEMBERS", "false"));
        RestClient rest = new RestClient(running.address().api())) {
      LoginOptions owner = running.address().login("alice", Platform.IOS);
      LoginOptions invited = running.address().login("carol", Platform.ANDROID);
      try (TestUser alice = new TestUser(owner);
          TestUser bob = new TestUser(running.address().login("bob", Platform.ANDROID))) {
        CreateGroupReq create =
            CreateGroupReq.newBuilder()
                .setOwnerUserID("alice")
                .addMemberUserIDs("bob")
                .setGroupInfo(GroupInfo.newBuilder().setGroupName("flock").setGroupType(2))
                .build();
        String group =
            rest.call(
                    "/group/create_group",
                    owner.token(),
                    create,
                    CreateGroupResp.getDefaultInstance())
                .getGroupInfo()
                .getGroupID();
        List<MsgData> before = List.of(text(alice, group, "one"), text(alice, group, "two"));
        before.forEach(alice::send);
        InviteUserToGroupReq invite =
            InviteUserToGroupReq.newBuilder().setGroupID(group).addInvitedUserIDs("carol").build();
        rest.call(
            "/group/invite_user_to_group",
            owner.token(),
            invite,
            InviteUserToGroupResp.getDefaultInstance());
        long invitation = invitation(bob, group);
        MsgData after = text(alice, group, "three");
        alice.send(after);
        try (TestUser carol = new TestUser(invited)) {
          List<MsgData> seen = read(carol, group, after);
          assertThat(seen).extracting(MsgData::getSeq).contains(invitation);
          assertThat(seen)
              .allSatisfy(message -> {
                boolean hidden = message.getSeq() < invitation;
                assertThat(message.getContent().isEmpty()).as("%s", message).isEqualTo(hidden);
              });
        }
        assertThat(read(bob, group, after))
            .as("who was there before reads on")
            .extracting(MsgData::getClientMsgID)
            .contains(before.getFirst().getClientMsgID(), before.getLast().getClientMsgID());
      }
    }
  }

  private static MsgData text(TestUser sender, String group, String text) {
    return sender.text(group, text).toBuilder()
        .clearRecvID()
        .setGroupID(group)
        .setSessionType(3)
        .build();
  }

  /** Seq of the invitation, once a member may read it. */
  private static long invitation(TestUser member, String group) {
    return Eventually.value(() ->
        member.pull("sg_" + group, 1, 5).stream()
            .filter(message -> message.getContentType() == INVITED)
            .findFirst()
            .orElseThrow()
            .getSeq());
  }

  /** All that a member is answered, once the last message is among it. */
  private static List<MsgData> read(TestUser member, String group, MsgData last) {
    return Eventually.value(() -> {
      List<MsgData> read = member.pull("sg_" + group, 1, 5);
      assertThat(read).extracting(MsgData::getClientMsgID).contains(last.getClientMsgID());
      return read;
    });
  }
}
