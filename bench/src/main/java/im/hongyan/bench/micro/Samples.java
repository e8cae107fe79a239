package im.hongyan.bench.micro;

import com.google.protobuf.ByteString;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.OfflinePushInfo;
import im.hongyan.wire.frame.RequestFrame;
import im.hongyan.wire.frame.ResponseFrame;

/**
 * What the benchmarks work on: a chat message with 20 fields set, and frames of about 300 bytes.
 */
final class Samples {
  private Samples() {}

  /** A text message as an SDK sends it, with 20 fields set. */
  static MsgData message() {
    return MsgData.newBuilder()
        .setSendID("user1001")
        .setRecvID("user1002")
        .setGroupID("group77")
        .setClientMsgID("0123456789abcdef0123456789abcdef")
        .setServerMsgID("fedcba9876543210fedcba9876543210")
        .setSenderPlatformID(2)
        .setSenderNickname("Alice")
        .setSenderFaceURL("https://example.org/alice.png")
        .setSessionType(1)
        .setMsgFrom(100)
        .setContentType(101)
        .setContent(ByteString.copyFromUtf8("{\"content\":\"hello, how are you today?\"}"))
        .setSeq(123_456)
        .setSendTime(1_718_000_000_123L)
        .setCreateTime(1_718_000_000_000L)
        .setStatus(2)
        .setIsRead(true)
        .putOptions("offlinePush", false)
        .setOfflinePushInfo(OfflinePushInfo.newBuilder().setTitle("Alice").setDesc("hello"))
        .setEx("{}")
        .build();
  }

  /** A request whose gob frame has about 300 bytes. */
  static RequestFrame request() {
    return new RequestFrame(
        1003,
        "",
        "user1001",
        "1700000000123456789",
        "user1001_1700000000223456789",
        message().toByteString().substring(0, 120));
  }

  /** A push of the message. */
  static ResponseFrame push() {
    return new ResponseFrame(2001, "", "1700000000123456789", 0, "", message().toByteString());
  }
}
