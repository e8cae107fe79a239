package im.hongyan.gatewayhttp;

import com.google.protobuf.ByteString;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.http.HttpRequest;
import im.hongyan.kit.logging.RareLog;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.proto.msg.SendMsgReq;
import im.hongyan.proto.msg.SendMsgResp;
import im.hongyan.proto.msg.SendSimpleMsgReq;
import im.hongyan.proto.msg.SendSimpleMsgResp;
import im.hongyan.proto.msg.SetSendMsgStatusReq;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.rest.BusinessNotificationForm;
import im.hongyan.proto.rest.BusinessNotificationTips;
import im.hongyan.proto.rest.SimpleMsgForm;
import im.hongyan.proto.rest.SimpleMsgKey;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.OfflinePushInfo;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.Platform;
import im.hongyan.wire.id.SessionType;
import im.hongyan.wire.json.GoJsonException;
import im.hongyan.wire.json.GoJsonReader;
import im.hongyan.wire.json.JsonBuffer;
import im.hongyan.wire.message.ContentType;
import im.hongyan.wire.message.MessageSource;
import im.hongyan.wire.message.MessageStatus;
import im.hongyan.wire.notification.Notification;
import im.hongyan.wire.notification.NotificationType;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One message from an app server (rest-message.md 5.1, 5.6, 5.7): a message is made of the body,
 * and rpc-msg takes it. Safe for use by several threads; blocks.
 */
final class MessageRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(MessageRoutes.class);
  private static final RareLog STATUS_LOST = new RareLog();

  /** The reliability level at which a notification is kept for devices that are away. */
  private static final int STORED = 2;

  private final ServiceLocator locator;
  private final Set<String> adminIds;
  private final MessageComposer composer;
  private final InstantSource clock;

  MessageRoutes(
      ServiceLocator locator, Set<String> adminIds, MessageComposer composer, InstantSource clock) {
    this.locator = locator;
    this.adminIds = Set.copyOf(adminIds);
    this.composer = composer;
    this.clock = clock;
  }

  /** The routes by path. */
  Map<String, OwnRoute> routes() {
    return Map.of(
        "/msg/send_msg", this::send,
        "/msg/send_business_notification", this::notify,
        "/msg/send_simple_msg", this::reply);
  }

  /**
   * Refuses whoever is no administrator.
   *
   * @throws ImException 1002
   */
  static void requireAdmin(CallContext caller, Set<String> adminIds) {
    if (!caller.caller(adminIds).privileged()) {
      throw ImError.NO_PERMISSION.with("only app manager can send message");
    }
  }

  private byte[] send(CallContext caller, HttpRequest call) {
    SendBody body = SendBody.read(call.body(), true);
    requireAdmin(caller, adminIds);
    MsgData message =
        composer.compose(body.form(), body.content()).toBuilder()
            .setRecvID(body.form().getRecvID())
            .build();
    SendMsgResp answer = send(message);
    noteSent();
    return SentMessages.one(message, answer);
  }

  private SendMsgResp send(MsgData message) {
    return RpcChannels.call(
        locator.channel(ServiceName.MSG),
        msgGrpc.getSendMsgMethod(),
        SendMsgReq.newBuilder().setMsgData(message).build());
  }

  /** The message is sent all the same: who got an error would send it again. */
  private void noteSent() {
    try {
      RpcChannels.callAsService(
          locator.channel(ServiceName.MSG),
          msgGrpc.getSetSendMsgStatusMethod(),
          SetSendMsgStatusReq.newBuilder().setStatus(MessageStatus.SENT).build());
    } catch (ImException failure) {
      if (STATUS_LOST.due(System.nanoTime())) {
        LOG.warn(
            "the status of operation {} is not kept: {}",
            CallContext.current().operationId(),
            failure.detail());
      }
    }
  }

  private byte[] notify(CallContext caller, HttpRequest call) {
    BusinessNotificationForm form =
        SendBody.readForm(call.body(), BusinessNotificationForm.getDefaultInstance());
    SendBody.requireThat(!form.getSendUserID().isEmpty(), "sendUserID is required");
    boolean toUser = !form.getRecvUserID().isEmpty();
    boolean toGroup = !form.getRecvGroupID().isEmpty();
    if (!toUser && !toGroup) {
      throw ImError.ARGS.with("recvUserID and recvGroupID cannot be empty at the same time");
    }
    if (toUser && toGroup) {
      throw ImError.ARGS.with("recvUserID and recvGroupID cannot be set at the same time");
    }
    requireAdmin(caller, adminIds);
    MsgData message = MessageComposer.fitting(notification(form, toUser));
    return SentMessages.one(message, send(message));
  }

  private MsgData notification(BusinessNotificationForm form, boolean toUser) {
    BusinessNotificationTips tips =
        BusinessNotificationTips.newBuilder().setKey(form.getKey()).setData(form.getData()).build();
    var notification =
        Notification.of(NotificationType.BUSINESS, tips, clock.millis())
            .sendMessage(form.getSendMsg())
            .stored(form.getReliabilityLevel() == STORED);
    return toUser
        ? notification.toUser(form.getSendUserID(), form.getRecvUserID()).message()
        : notification.toGroup(form.getSendUserID(), form.getRecvGroupID()).message();
  }

  /** The answer of a bot to a message that a webhook brought it. */
  private byte[] reply(CallContext caller, HttpRequest call) {
    SimpleMsgKey key = key(call.query());
    SimpleMsgForm form = SendBody.readForm(call.body(), SimpleMsgForm.getDefaultInstance());
    SendBody.requireThat(!form.getContent().isEmpty(), "content is required");
    if (key.getSendID().isEmpty()) {
      throw ImError.ARGS.with("missing recvID or GroupID");
    }
    boolean group = !key.getGroupID().isEmpty();
    String sender = group ? form.getSendID() : key.getRecvID();
    if (sender.isEmpty()) {
      throw ImError.ARGS.with("missing sendID");
    }
    MsgData.Builder message =
        MsgData.newBuilder()
            .setSendID(sender)
            .setRecvID(group ? "" : key.getSendID())
            .setGroupID(key.getGroupID())
            .setClientMsgID(MessageIds.next())
            .setSenderPlatformID(Platform.ADMIN.number())
            .setSessionType((group ? SessionType.GROUP : SessionType.SINGLE).number())
            .setMsgFrom(MessageSource.USER)
            .setContentType(ContentType.MARKDOWN)
            .setContent(markdown(form.getContent()))
            .setEx(form.getEx());
    if (form.hasOfflinePushInfo()) {
      message.setOfflinePushInfo(OfflinePushInfo.newBuilder(form.getOfflinePushInfo()));
    }
    MsgData reply = MessageComposer.fitting(message.build());
    SendSimpleMsgResp answer =
        RpcChannels.call(
            locator.channel(ServiceName.MSG),
            msgGrpc.getSendSimpleMsgMethod(),
            SendSimpleMsgReq.newBuilder().setMsgData(reply).build());
    noteSent();
    return SentMessages.one(reply, asSent(answer));
  }

  private static SendMsgResp asSent(SendSimpleMsgResp answer) {
    SendMsgResp.Builder sent =
        SendMsgResp.newBuilder()
            .setServerMsgID(answer.getServerMsgID())
            .setClientMsgID(answer.getClientMsgID())
            .setSendTime(answer.getSendTime());
    return answer.hasModify() ? sent.setModify(answer.getModify()).build() : sent.build();
  }

  private static ByteString markdown(String text) {
    JsonBuffer json = new JsonBuffer(text.length() + 16);
    json.raw(JsonBuffer.ascii("{\"content\":")).string(text).raw('}');
    return ByteString.copyFrom(json.toByteArray());
  }

  /** A plus sign of base64 that nobody has escaped means a blank in a query. */
  private static SimpleMsgKey key(String query) {
    String encoded =
        Arrays.stream(query.split("&"))
            .filter(part -> part.equals("key") || part.startsWith("key="))
            .findFirst()
            .map(part -> part.substring(Math.min(part.length(), "key=".length())))
            .orElseThrow(() -> ImError.ARGS.with("missing key in query"));
    try {
      String base64 = URLDecoder.decode(encoded, StandardCharsets.UTF_8).replace(' ', '+');
      return GoJsonReader.readRequest(
          Base64.getDecoder().decode(base64), SimpleMsgKey.getDefaultInstance());
    } catch (IllegalArgumentException e) {
      throw ImError.ARGS.with("illegal base64 data");
    } catch (GoJsonException e) {
      throw ImError.ARGS.with(String.valueOf(e.getMessage()));
    }
  }
}
