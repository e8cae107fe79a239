package im.hongyan.msg.send;

import static im.hongyan.msg.send.SendsTest.refused;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.Copy;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.proto.sequencing.Joining;
import im.hongyan.proto.sequencing.Leaving;
import im.hongyan.proto.sequencing.Mentions;
import im.hongyan.proto.sequencing.Mutation;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Proves who may send into a group, and what its messages say of receivers and leavers. */
class GroupSendsTest {
  private static final int NORMAL = 0;
  private static final int DISMISSED = 2;
  private static final int MUTED = 3;

  private static SendFixture withFlock(int status) {
    return flock(SendFixture.plain(), status);
  }

  private static SendFixture flock(SendFixture sends, int status) {
    sends.group(
        "flock",
        status,
        SendFixture.member("alice", 100, SendFixture.NOW),
        SendFixture.member("bob", 60, 0),
        SendFixture.member("carol", 20, 0),
        SendFixture.member("dave", 20, SendFixture.NOW),
        SendFixture.member("erin", 20, SendFixture.NOW - 1));
    return sends;
  }

  @Test
  void aMessageGoesToTheMembersOnceInTheGroupsConversation() {
    try (SendFixture sends = withFlock(NORMAL)) {
      sends.send(SendFixture.groupText("carol", "flock"));
      InboundRecord record = sends.lane.last();
      assertThat(record.getRecipientGroupId()).isEqualTo("flock");
      assertThat(record.getRecipientsList()).isEmpty();
      assertThat(record.getCopiesList())
          .extracting(Copy::getConversationId)
          .containsExactly("sg_flock");
      assertThat(record.hasMutation()).isFalse();
      assertThat(sends.relation.rowsMade).as("they come with the members").isEmpty();
      assertThat(sends.counted("group_chat_msg_process_success")).isEqualTo(1);
    }
  }

  @Test
  void strangersAreRefusedWith1203AndUnknownGroupsWith1004() {
    try (SendFixture sends = withFlock(NORMAL)) {
      refused(1203, () -> sends.send(SendFixture.groupText("zoe", "flock")));
      refused(1004, () -> sends.send(SendFixture.groupText("carol", "nothing")));
      assertThat(sends.lane.taken()).isEmpty();
      assertThat(sends.counted("group_chat_msg_process_failed")).isEqualTo(2);
    }
  }

  @Test
  void aMutedMemberIsRefusedToTheMillisecondButNotTheOwner() {
    try (SendFixture sends = withFlock(NORMAL)) {
      refused(1402, () -> sends.send(SendFixture.groupText("dave", "flock")));
      sends.send(SendFixture.groupText("erin", "flock"));
      sends.send(SendFixture.groupText("alice", "flock"));
      assertThat(sends.lane.taken()).hasSize(2);
    }
  }

  @Test
  void inAMutedGroupOnlyOwnerAndAdminsWrite() {
    try (SendFixture sends = withFlock(MUTED)) {
      refused(1403, () -> sends.send(SendFixture.groupText("carol", "flock")));
      sends.send(SendFixture.groupText("alice", "flock"));
      sends.send(SendFixture.groupText("bob", "flock"));
      assertThat(sends.lane.taken()).hasSize(2);
    }
  }

  /** Those of changes before its end may wait behind it; 1511 waits behind them. */
  @Test
  void aDismissedGroupTakesOnlyItsOwnNotifications() {
    try (SendFixture sends = withFlock(DISMISSED)) {
      refused(1204, () -> sends.send(SendFixture.groupText("alice", "flock")));
      refused(1204, () -> sends.sendAsService(SendFixture.groupText("alice", "flock")));
      for (int other : List.of(1500, 1521)) {
        refused(
            1204,
            () ->
                sends.sendAsService(SendFixture.groupText("alice", "flock").setContentType(other)));
      }
      for (int own : List.of(1501, 1507, 1511, 1520)) {
        sends.sendAsService(SendFixture.groupText("alice", "flock").setContentType(own));
      }
      assertThat(sends.lane.taken()).hasSize(4);
    }
  }

  @Test
  void mentionsNameMembersAndEverybody() {
    try (SendFixture sends = withFlock(NORMAL)) {
      MsgData.Builder message = SendFixture.groupText("carol", "flock").setContentType(106);
      sends.send(message.addAtUserIDList("bob").addAtUserIDList("zoe").addAtUserIDList("bob"));
      assertThat(sends.lane.last().getMentions())
          .isEqualTo(Mentions.newBuilder().addUserIds("bob").build());
      sends.send(
          SendFixture.groupText("carol", "flock")
              .setContentType(106)
              .addAtUserIDList("AtAllTag")
              .addAtUserIDList("dave"));
      assertThat(sends.lane.last().getMentions())
          .isEqualTo(Mentions.newBuilder().setEveryone(true).addUserIds("dave").build());
      sends.send(SendFixture.groupText("carol", "flock").addAtUserIDList("bob"));
      assertThat(sends.lane.last().hasMentions()).as("of other content").isFalse();
    }
  }

  @Test
  void whoLeavesGetsTheNotificationAndReadsNoFurther() {
    try (SendFixture sends = withFlock(NORMAL)) {
      String tips =
          "{\"detail\":\"{\\\"kickedUserList\\\":[{\\\"userID\\\":\\\"zoe\\\"},{\\\"userID\\\":\\\"yan\\\"}],"
              + "\\\"groupMemberVersion\\\":7}\"}";
      sends.sendAsService(
          SendFixture.groupText("alice", "flock")
              .setContentType(1508)
              .setContent(ByteString.copyFromUtf8(tips))
              .putOptions("isNotNotification", false));
      InboundRecord record = sends.lane.last();
      assertThat(record.getRecipientsList()).containsExactly("zoe", "yan");
      assertThat(record.getRecipientGroupId()).isEqualTo("flock");
      assertThat(record.getMutation().getConversationId()).isEqualTo("sg_flock");
      assertThat(record.getMutation().getLeaving())
          .isEqualTo(
              Leaving.newBuilder()
                  .addUserIds("zoe")
                  .addUserIds("yan")
                  .setMembershipVersion(7)
                  .build());
      refused(
          1001,
          () ->
              sends.sendAsService(
                  SendFixture.groupText("alice", "flock")
                      .setContentType(1504)
                      .setContent(ByteString.copyFromUtf8("nothing"))));
    }
  }

  @Test
  void aJoiningMemberReadsFromThereOnWhereHistoryIsNotForNewMembers() {
    String invited =
        "{\"detail\":\"{\\\"invitedUserList\\\":[{\\\"userID\\\":\\\"zoe\\\"},{\\\"userID\\\":\\\"yan\\\"}]}\"}";
    String entered = "{\"detail\":\"{\\\"entrantUser\\\":{\\\"userID\\\":\\\"zoe\\\"}}\"}";
    try (SendFixture sends = new SendFixture(false, Map.of("msg.historyForNewMembers", "false"))) {
      flock(sends, NORMAL);
      sends.sendAsService(notification(1509, invited));
      assertThat(sends.lane.last().getMutation())
          .returns("sg_flock", Mutation::getConversationId)
          .returns(
              Joining.newBuilder().addUserIds("zoe").addUserIds("yan").build(),
              Mutation::getJoining);
      sends.sendAsService(notification(1510, entered));
      assertThat(sends.lane.last().getMutation().getJoining().getUserIdsList())
          .containsExactly("zoe");
      sends.send(SendFixture.groupText("alice", "flock"));
      assertThat(sends.lane.last().hasMutation()).isFalse();
      refused(1001, () -> sends.sendAsService(notification(1510, "nothing")));
    }
    try (SendFixture sends = withFlock(NORMAL)) {
      sends.sendAsService(notification(1509, invited));
      assertThat(sends.lane.last().hasMutation()).as("history is for everybody").isFalse();
    }
  }

  private static MsgData.Builder notification(int contentType, String tips) {
    return SendFixture.groupText("alice", "flock")
        .setContentType(contentType)
        .setContent(ByteString.copyFromUtf8(tips))
        .putOptions("isNotNotification", false);
  }

  @Test
  void invariant15AClientCannotSendWhoLeaves() {
    try (SendFixture sends = withFlock(NORMAL)) {
      refused(1001, () -> sends.send(SendFixture.groupText("alice", "flock").setContentType(1508)));
      assertThat(sends.lane.taken()).isEmpty();
    }
  }
}
