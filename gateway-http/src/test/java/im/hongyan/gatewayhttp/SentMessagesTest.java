package im.hongyan.gatewayhttp;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import im.hongyan.gatewayhttp.SentMessages.ToOne;
import im.hongyan.proto.msg.SendMsgResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.OfflinePushInfo;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Proves the bodies of what was sent, key by key (rest-message.md 5.1, 5.5). */
class SentMessagesTest {
  private static final String HEAD = "{\"errCode\":0,\"errMsg\":\"\",\"errDlt\":\"\",\"data\":";
  private static final MsgData MESSAGE =
      MsgData.newBuilder()
          .setSendID("a")
          .setRecvID("b")
          .setClientMsgID("c1")
          .setContent(ByteString.copyFromUtf8("{\"content\":\"hi\"}"))
          .build();

  private static SendMsgResp.Builder answer() {
    return SendMsgResp.newBuilder().setServerMsgID("s1").setClientMsgID("c1").setSendTime(17);
  }

  private static String one(SendMsgResp.Builder answer) {
    return new String(SentMessages.one(MESSAGE, answer.build()), StandardCharsets.UTF_8);
  }

  @Test
  void aMessageThatNobodyChangedHasThreeKeys() {
    String three = "{\"serverMsgID\":\"s1\",\"clientMsgID\":\"c1\",\"sendTime\":17";
    assertThat(one(answer())).isEqualTo(HEAD + three + "}}");
    assertThat(one(answer().setModify(MESSAGE))).isEqualTo(HEAD + three + "}}");
    assertThat(
            one(
                answer()
                    .setModify(
                        MESSAGE.toBuilder()
                            .setClientMsgID("c2")
                            .setServerMsgID("s2")
                            .setSendTime(18))))
        .as("what the answer says anyway")
        .isEqualTo(HEAD + three + "}}");
  }

  @Test
  void ofAChangedMessageTheChangedFieldsAreNamedAndTheContentIsText() {
    MsgData changed =
        MESSAGE.toBuilder()
            .setRecvID("<c>")
            .setContent(ByteString.copyFromUtf8("{\"content\":\"ho\"}"))
            .setSessionType(3)
            .setSeq(5)
            .setIsRead(true)
            .putOptions("b", true)
            .putOptions("a", false)
            .setOfflinePushInfo(OfflinePushInfo.newBuilder().setTitle("t"))
            .addAtUserIDList("u")
            .build();
    assertThat(one(answer().setModify(changed)))
        .isEqualTo(
            HEAD
                + "{\"serverMsgID\":\"s1\",\"clientMsgID\":\"c1\",\"sendTime\":17,\"modify\":{"
                + "\"recvID\":\"\\u003cc\\u003e\",\"sessionType\":3,"
                + "\"content\":\"{\\\"content\\\":\\\"ho\\\"}\",\"seq\":5,\"isRead\":true,"
                + "\"options\":{\"a\":false,\"b\":true},"
                + "\"offlinePushInfo\":{\"title\":\"t\",\"desc\":\"\",\"ex\":\"\","
                + "\"iOSPushSound\":\"\",\"iOSBadgeCount\":false,\"signalInfo\":\"\"},"
                + "\"atUserIDList\":[\"u\"]}}}");
  }

  @Test
  void aBatchHasItsReceiversAndEmptyListsAreNull() {
    ToOne sent = new ToOne("b", MESSAGE, answer().build());
    assertThat(
            new String(
                SentMessages.batch(List.of(sent), List.of("x"), null), StandardCharsets.UTF_8))
        .isEqualTo(
            HEAD
                + "{\"results\":[{\"serverMsgID\":\"s1\",\"clientMsgID\":\"c1\",\"sendTime\":17,"
                + "\"recvID\":\"b\"}],\"failedUserIDs\":[\"x\"]}}");
    assertThat(new String(SentMessages.batch(List.of(), List.of(), "j"), StandardCharsets.UTF_8))
        .isEqualTo(HEAD + "{\"results\":null,\"failedUserIDs\":null,\"jobID\":\"j\"}}");
  }
}
