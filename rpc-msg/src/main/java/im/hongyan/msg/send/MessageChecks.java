package im.hongyan.msg.send;

import im.hongyan.msg.relation.Relations;
import im.hongyan.proto.conversation.Conversation;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.UserInfo;
import im.hongyan.webhooks.MessageHooks;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.frame.FrameLimits;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.SessionType;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.message.ContentType;
import im.hongyan.wire.message.MessageOption;
import im.hongyan.wire.message.ReceiveOption;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Everything that a later stage could refuse is refused here (messaging.md 3.2 to 3.4,
 * docs/sequencing.md A1). Safe for use by several threads; may block.
 */
final class MessageChecks {
  private static final int MAX_ID_BYTES = 64;
  private static final int MAX_CLIENT_ID_BYTES = 128;

  /** A message without its content; it stays when the message is revoked. */
  private static final int MAX_BESIDE_CONTENT_BYTES = 131_072;

  /** A revocation repeats it within a text within a text. */
  private static final int MAX_EX_BYTES = 16_384;

  private static final int MAX_NAME_BYTES = 1_024;

  /** A quote is written anew when what it quotes was revoked, and may become six times as long. */
  private static final int MAX_QUOTE_BYTES = 65_536;

  private static final int SYSTEM_ACCOUNT_LEVEL = 2;

  private final Relations relations;
  private final MessageHooks hooks;
  private final Set<String> adminIds;
  private final Supplier<Boolean> friendVerify;

  /**
   * Creates the checks.
   *
   * @param adminIds senders that no blacklist and no missing friendship holds back
   * @param friendVerify whether only friends of the receiver may send
   */
  MessageChecks(
      Relations relations,
      MessageHooks hooks,
      Set<String> adminIds,
      Supplier<Boolean> friendVerify) {
    this.relations = relations;
    this.hooks = hooks;
    this.adminIds = Set.copyOf(adminIds);
    this.friendVerify = friendVerify;
  }

  /** What needs no look-up (messaging.md 3.2). */
  void checkForm(Caller caller, MsgData.Builder message) {
    if (message.getSendID().isEmpty() || message.getContent().isEmpty()) {
      throw ImError.ARGS.with("sendID or content is empty");
    }
    boolean forAccount = message.getSessionType() == SessionType.NOTIFICATION.number();
    if (forAccount != (message.getContentType() == ContentType.OA_NOTIFICATION)) {
      throw ImError.ARGS.with("notification msg must have correct session type and content type");
    }
    if (!caller.privileged() && !message.getSendID().equals(caller.userId())) {
      throw ImError.NO_PERMISSION.with("ownerUserID, " + message.getSendID() + "=MISSING");
    }
    if (!caller.privileged() && ContentType.isSystem(message.getContentType())) {
      throw ImError.ARGS.with("contentType is the system's");
    }
    int type = message.getSessionType();
    if (type != SessionType.SINGLE.number()
        && type != SessionType.GROUP.number()
        && type != SessionType.NOTIFICATION.number()) {
      throw ImError.ARGS.with("unknown sessionType");
    }
    checkLengths(message);
  }

  /** What a hook made of a message must be one that could have been sent (messaging.md 9.3). */
  void checkModified(MsgData message) {
    int type = message.getSessionType();
    if (message.getContent().isEmpty()
        || (type == SessionType.SINGLE.number() && message.getRecvID().isEmpty())
        || (type == SessionType.GROUP.number() && message.getGroupID().isEmpty())
        || (type != SessionType.SINGLE.number() && type != SessionType.GROUP.number())) {
      throw ImError.ARGS.with("the hook's message cannot be sent");
    }
    checkLengths(message.toBuilder());
  }

  void requireReceiver(MsgData.Builder message) {
    if (message.getRecvID().isEmpty()) {
      throw ImError.ARGS.with("recvID is empty");
    }
  }

  private static void checkLengths(MsgData.Builder message) {
    checkLength("sendID", message.getSendID(), MAX_ID_BYTES);
    checkLength("recvID", message.getRecvID(), MAX_ID_BYTES);
    checkLength("groupID", message.getGroupID(), MAX_ID_BYTES);
    checkLength("clientMsgID", message.getClientMsgID(), MAX_CLIENT_ID_BYTES);
    checkLength("ex", message.getEx(), MAX_EX_BYTES);
    checkLength("senderNickname", message.getSenderNickname(), MAX_NAME_BYTES);
    int content = message.getContent().size();
    int whole = message.buildPartial().getSerializedSize();
    // Whatever becomes of it, it must fit into every answer and push.
    checkSize("message", whole, FrameLimits.MAX_MESSAGE_BYTES);
    checkSize("message beside its content", whole - content, MAX_BESIDE_CONTENT_BYTES);
    if (message.getContentType() == ContentType.QUOTE) {
      checkSize("quote", content, MAX_QUOTE_BYTES);
    }
  }

  private static void checkSize(String what, int bytes, int most) {
    if (bytes > most) {
      throw ImError.ARGS.with(what + " is larger than " + most + " bytes");
    }
  }

  private static void checkLength(String field, String value, int mostBytes) {
    if (value.length() > mostBytes || value.getBytes(StandardCharsets.UTF_8).length > mostBytes) {
      throw ImError.ARGS.with(field + " is longer than " + mostBytes + " bytes");
    }
  }

  /** The checks of a single chat (messaging.md 3.4); may switch offline push off. */
  void checkSingle(MsgData.Builder message) {
    UserId sender = new UserId(message.getSendID());
    UserId receiver = new UserId(message.getRecvID());
    requireReceiver(message);
    boolean system = ContentType.isSystem(message.getContentType());
    if (!adminIds.contains(sender.value()) && !system) {
      if (ContentType.isHooked(message.getContentType())) {
        hooks.beforeSendSingle(message.buildPartial());
      }
      UserInfo user =
          relations.user(sender).orElseThrow(() -> ImError.RECORD_NOT_FOUND.with("no sender"));
      if (user.getAppMangerLevel() < SYSTEM_ACCOUNT_LEVEL) {
        requireWelcome(sender, receiver);
      }
    }
    if (MessageOption.IS_NOT_NOTIFICATION.isOn(message)) {
      checkReceiveOptions(receiver, message);
    }
  }

  private void requireWelcome(UserId sender, UserId receiver) {
    if (relations.blocked(receiver, sender)) {
      throw ImError.BLOCKED_BY_PEER.bare();
    }
    if (friendVerify.get() && !relations.befriended(receiver, sender)) {
      throw ImError.NOT_PEERS_FRIEND.bare();
    }
  }

  private void checkReceiveOptions(UserId receiver, MsgData.Builder message) {
    UserInfo user =
        relations.user(receiver).orElseThrow(() -> ImError.RECORD_NOT_FOUND.with("no receiver"));
    int option = user.getGlobalRecvMsgOpt();
    if (option == 0) {
      ConversationId id = ConversationId.single(message.getSendID(), receiver.value());
      option = relations.conversation(receiver, id).map(Conversation::getRecvMsgOpt).orElse(0);
      if (option == ReceiveOption.NOT_RECEIVE
          && message.getContentType() == ContentType.READ_RECEIPT) {
        option = 0;
      }
    }
    if (option == ReceiveOption.NOT_RECEIVE) {
      throw ImError.ARGS.with("message is not sent");
    }
    if (option == ReceiveOption.NOT_NOTIFY) {
      message.putOptions(MessageOption.OFFLINE_PUSH.key(), false);
    }
  }
}
