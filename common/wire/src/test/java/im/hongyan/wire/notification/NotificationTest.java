package im.hongyan.wire.notification;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.proto.sdkws.BlackAddedTips;
import im.hongyan.proto.sdkws.FromToUserID;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.NotificationElem;
import im.hongyan.proto.sdkws.OfflinePushInfo;
import im.hongyan.wire.id.SessionType;
import im.hongyan.wire.json.GoJsonException;
import im.hongyan.wire.json.GoJsonReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Proves that carriers are what notifications.md 1.2 to 1.4 says, byte by byte. */
class NotificationTest {
  private static final BlackAddedTips TIPS =
      BlackAddedTips.newBuilder()
          .setFromToUserID(FromToUserID.newBuilder().setFromUserID("a<b").setToUserID("雁"))
          .build();

  private static Notification toGroup(boolean sendMessage) {
    return Notification.of(NotificationType.GROUP_CREATED, TIPS, 5)
        .sendMessage(sendMessage)
        .toGroup("alice", "123");
  }

  private static BlackAddedTips read(MsgData message) throws GoJsonException {
    NotificationElem outer =
        GoJsonReader.read(
            message.getContent().toByteArray(), NotificationElem.getDefaultInstance());
    return GoJsonReader.read(
        outer.getDetail().getBytes(StandardCharsets.UTF_8), BlackAddedTips.getDefaultInstance());
  }

  @Test
  void theContentIsATextOfJsonInsideJson() throws GoJsonException {
    assertThat(toGroup(true).message().getContent().toStringUtf8())
        .isEqualTo(
            "{\"detail\":\"{\\\"fromToUserID\\\":{\\\"fromUserID\\\":\\\"a\\\\u003cb\\\","
                + "\\\"toUserID\\\":\\\"雁\\\"}}\"}");
    assertThat(read(toGroup(true).message())).isEqualTo(TIPS);
  }

  @Test
  void zeroValuesAndMissingObjectsAreWritten() {
    Notification notification =
        Notification.of(NotificationType.BLACK_ADDED, BlackAddedTips.getDefaultInstance(), 5)
            .toUser("a", "a");
    assertThat(notification.message().getContent().toStringUtf8())
        .isEqualTo("{\"detail\":\"{\\\"fromToUserID\\\":null}\"}");
    Notification group =
        Notification.of(NotificationType.GROUP_CREATED, GroupInfo.getDefaultInstance(), 5)
            .toGroup("a", "g");
    assertThat(group.message().getContent().toStringUtf8())
        .contains("\\\"memberCount\\\":0", "\\\"groupName\\\":\\\"\\\"");
  }

  @Test
  void aGroupsNotificationNamesTheGroupTwice() {
    Notification notification = toGroup(true);
    MsgData message = notification.message();
    assertThat(notification.conversationId()).isEqualTo("n_123");
    assertThat(message.getSendID()).isEqualTo("alice");
    assertThat(message.getRecvID()).isEqualTo("123");
    assertThat(message.getGroupID()).isEqualTo("123");
    assertThat(message.getSessionType()).isEqualTo(3);
    assertThat(message.getMsgFrom()).isEqualTo(200);
    assertThat(message.getContentType()).isEqualTo(1501);
    assertThat(message.getCreateTime()).isEqualTo(5);
    assertThat(message.getClientMsgID()).matches("[0-9a-f]{32}");
    assertThat(message.getClientMsgID()).isNotEqualTo(toGroup(true).message().getClientMsgID());
    assertThat(message.getOfflinePushInfo())
        .isEqualTo(
            OfflinePushInfo.newBuilder()
                .setTitle("create group title")
                .setDesc("create group desc")
                .setEx("create group ext")
                .build());
  }

  @Test
  void aUsersNotificationLiesBetweenTheTwo() {
    Notification notification =
        Notification.of(NotificationType.JOIN_GROUP_APPLICATION, TIPS, 5).toUser("b", "a");
    assertThat(notification.conversationId()).isEqualTo("n_a_b");
    assertThat(notification.message().getGroupID()).isEmpty();
    assertThat(notification.message().getSessionType()).isEqualTo(1);
    assertThat(notification.message().getOptionsOrThrow("offlinePush")).isTrue();
    assertThat(
            Notification.of(NotificationType.BLACK_ADDED, TIPS, 5)
                .toUser("a", "a")
                .message()
                .getOfflinePushInfo()
                .getEx())
        .isEqualTo("blocked a user");
  }

  @Test
  void aTypeWithoutTextsOffersNoneToTheOfflinePush() {
    Notification notification =
        Notification.of(NotificationType.GROUP_MEMBER_MADE_ADMIN, TIPS, 5).toGroup("alice", "123");
    assertThat(notification.message().getOfflinePushInfo())
        .isEqualTo(OfflinePushInfo.getDefaultInstance());
  }

  @Test
  void allOptionsAreWritten() {
    assertThat(toGroup(false).message().getOptionsMap())
        .isEqualTo(
            Map.ofEntries(
                Map.entry("isNotNotification", false),
                Map.entry("isSendMsg", false),
                Map.entry("history", false),
                Map.entry("persistent", false),
                Map.entry("offlinePush", false),
                Map.entry("unreadCount", false),
                Map.entry("conversationUpdate", false),
                Map.entry("senderSync", true),
                Map.entry("notPrivate", false),
                Map.entry("senderConversationUpdate", false),
                Map.entry("reactionFromCache", false)));
    assertThat(toGroup(true).message().getOptionsMap())
        .containsEntry("isSendMsg", true)
        .containsEntry("unreadCount", true)
        .hasSize(11);
  }

  @Test
  void inARecordOfTheLogItHasIdsAndNoOfflinePush() {
    Notification read =
        Notification.of(NotificationType.MESSAGES_READ, TIPS, 5)
            .inRecord(true)
            .toUser(SessionType.NOTIFICATION, "b", "a");
    assertThat(read.stored()).isTrue();
    assertThat(read.message().getServerMsgID()).isNotEmpty();
    assertThat(read.message().getSendTime()).isEqualTo(5);
    assertThat(read.message().getSessionType()).isEqualTo(4);
    assertThat(read.message().hasOfflinePushInfo()).isTrue();
    assertThat(read.message().getOfflinePushInfo()).isEqualTo(OfflinePushInfo.getDefaultInstance());
    assertThat(read.message().getOptionsMap())
        .containsEntry("history", true)
        .containsEntry("persistent", true)
        .containsEntry("senderSync", true)
        .containsEntry("unreadCount", false)
        .hasSize(11);
  }
}
