package im.hongyan.gatewayhttp;

import com.google.protobuf.ByteString;
import im.hongyan.gatewayhttp.content.Contents;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.proto.rest.SendMsgForm;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.user.getNotificationAccountReq;
import im.hongyan.proto.user.userGrpc;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.frame.FrameLimits;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.SessionType;
import im.hongyan.wire.json.JsonBuffer;
import im.hongyan.wire.json.JsonValue.Members;
import im.hongyan.wire.message.ContentType;
import im.hongyan.wire.message.MessageOption;
import im.hongyan.wire.message.MessageSource;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;

/**
 * Makes messages of what app servers send (rest-message.md 5.1 to 5.3). Safe for use by several
 * threads; blocks.
 */
final class MessageComposer {
  private static final List<MessageOption> OFF_WHEN_ONLINE_ONLY =
      List.of(
          MessageOption.HISTORY,
          MessageOption.PERSISTENT,
          MessageOption.SENDER_SYNC,
          MessageOption.CONVERSATION_UPDATE);

  private final ServiceLocator locator;
  private final InstantSource clock;

  MessageComposer(ServiceLocator locator, InstantSource clock) {
    this.locator = locator;
    this.clock = clock;
  }

  /**
   * Makes the message of a form, without its receiver.
   *
   * @throws im.hongyan.wire.error.ImException 1001 for a content that is not as its type wants it
   *     or a message that is too large; of a notification 1101 and 1002, when its sender is no
   *     notification account
   */
  MsgData compose(SendMsgForm form, Members content) {
    Contents.check(form.getContentType(), content);
    boolean notification = form.getContentType() == ContentType.OA_NOTIFICATION;
    if (notification) {
      requireAccount(form.getSendID());
    }
    MsgData.Builder message =
        MsgData.newBuilder()
            .setSendID(form.getSendID())
            .setGroupID(form.getGroupID())
            .setClientMsgID(MessageIds.next())
            .setSenderPlatformID(form.getSenderPlatformID())
            .setSenderNickname(form.getSenderNickname())
            .setSenderFaceURL(form.getSenderFaceURL())
            .setSessionType(
                notification ? SessionType.NOTIFICATION.number() : form.getSessionType())
            .setMsgFrom(MessageSource.SYSTEM)
            .setContentType(form.getContentType())
            .setContent(notification ? detail(content) : ByteString.copyFrom(content.toBytes()))
            .setSendTime(form.getSendTime())
            .setCreateTime(clock.millis())
            .setEx(form.getEx());
    if (form.hasOfflinePushInfo()) {
      message.setOfflinePushInfo(form.getOfflinePushInfo());
    }
    if (form.getContentType() == ContentType.AT_TEXT) {
      message.addAllAtUserIDList(Contents.mentioned(content));
    }
    if (form.getIsOnlineOnly()) {
      OFF_WHEN_ONLINE_ONLY.forEach(option -> option.put(message, false));
    }
    if (form.getNotOfflinePush()) {
      MessageOption.OFFLINE_PUSH.put(message, false);
    }
    return fitting(message.build());
  }

  /**
   * The message, which is not too large to be sent on.
   *
   * @throws im.hongyan.wire.error.ImException 1001 when it is
   */
  static MsgData fitting(MsgData message) {
    if (message.getSerializedSize() > FrameLimits.MAX_MESSAGE_BYTES) {
      throw ImError.ARGS.with("message is larger than " + FrameLimits.MAX_MESSAGE_BYTES + " bytes");
    }
    return message;
  }

  private void requireAccount(String userId) {
    RpcChannels.callAsService(
        locator.channel(ServiceName.RELATION),
        userGrpc.getGetNotificationAccountMethod(),
        getNotificationAccountReq.newBuilder().setUserID(userId).build());
  }

  /** The content as JSON, within a text of one more JSON object. */
  private static ByteString detail(Members content) {
    String text = new String(content.toBytes(), StandardCharsets.UTF_8);
    JsonBuffer json = new JsonBuffer(2 * text.length());
    json.raw(JsonBuffer.ascii("{\"detail\":")).string(text).raw('}');
    return ByteString.copyFrom(json.toByteArray());
  }
}
