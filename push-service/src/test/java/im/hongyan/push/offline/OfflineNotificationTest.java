package im.hongyan.push.offline;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.OfflinePushInfo;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Proves messaging.md 7.6: what an offline push says. */
class OfflineNotificationTest {
  private static OfflineNotification notification(int contentType, OfflinePushInfo info) {
    MsgData message = MsgData.newBuilder().setContentType(contentType).setClientMsgID("c").build();
    return OfflineNotification.of(message, info, List.of("ann"), "op");
  }

  @ParameterizedTest
  @CsvSource({
    "101, [TEXT]",
    "102, [PICTURE]",
    "103, [VOICE]",
    "104, [VIDEO]",
    "105, [File]",
    "106, ''",
    "114, [NEWMSG]",
    "1201, [NEWMSG]",
    "1601, [SIGNALINVITE]",
  })
  void section7_6AMissingTitleFollowsTheContentTypeAndTheContentTheTitle(
      int contentType, String title) {
    OfflineNotification notification =
        notification(contentType, OfflinePushInfo.getDefaultInstance());
    assertThat(notification.title()).isEqualTo(title);
    assertThat(notification.content()).isEqualTo(title);
    OfflinePushInfo titled = OfflinePushInfo.newBuilder().setTitle("t").build();
    assertThat(notification(contentType, titled).content()).isEqualTo("t");
  }

  @Test
  void section7_6WhatTheMessageBringsIsSent() {
    OfflinePushInfo info =
        OfflinePushInfo.newBuilder()
            .setTitle("t")
            .setDesc("d")
            .setEx("e")
            .setIOSPushSound("s")
            .setIOSBadgeCount(true)
            .build();
    assertThat(notification(101, info))
        .isEqualTo(new OfflineNotification(List.of("ann"), "t", "d", "e", "s", true, "c", "op"));
  }
}
