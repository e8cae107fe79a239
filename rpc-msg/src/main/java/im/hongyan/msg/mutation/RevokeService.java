package im.hongyan.msg.mutation;

import im.hongyan.msg.pull.ConversationAccess;
import im.hongyan.msg.pull.Seen;
import im.hongyan.proto.msg.RevokeMsgReq;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.RevokeMsgTips;
import im.hongyan.proto.sdkws.UserInfo;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.proto.sequencing.Revocation;
import im.hongyan.webhooks.MessageHooks;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.group.GroupRole;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.SessionType;
import im.hongyan.wire.notification.NotificationType;
import java.util.List;
import java.util.Optional;

/**
 * Takes messages back (messaging.md 6.4, rest-message.md 6.6). The content stays stored. Safe for
 * use by several threads; blocks.
 */
public final class RevokeService {
  private final ConversationAccessChecks checks;
  private final Mutations mutations;
  private final MessageHooks hooks;

  /** Creates a service. */
  public RevokeService(ConversationAccessChecks checks, Mutations mutations, MessageHooks hooks) {
    this.checks = checks;
    this.mutations = mutations;
    this.hooks = hooks;
  }

  /** Takes a message back. */
  public void revoke(RevokeMsgReq request) {
    String userId = request.getUserID();
    String id = request.getConversationID();
    ConversationAccessChecks.require("conversationID", id);
    if (request.getSeq() < 1) {
      throw ImError.ARGS.with("seq is invalid");
    }
    ConversationAccessChecks.require("userID", userId);
    checks.requireSelf(userId);
    UserInfo user =
        checks
            .relations()
            .user(userId)
            .orElseThrow(() -> ImError.RECORD_NOT_FOUND.with("user not found"));
    Caller caller = checks.caller();
    MsgData message = message(caller, userId, id, request.getSeq());
    int role = role(caller, user, message);
    long now = mutations.now();
    Mutation mutation =
        Mutation.newBuilder()
            .setConversationId(id)
            .setRevocation(
                Revocation.newBuilder()
                    .setSeq(request.getSeq())
                    .setUserId(userId)
                    .setRole(role)
                    .setNickname(user.getNickname())
                    .setTimeMillis(now))
            .build();
    RevokeMsgTips tips =
        RevokeMsgTips.newBuilder()
            .setRevokerUserID(caller.userId())
            .setClientMsgID(message.getClientMsgID())
            .setRevokeTime(now)
            .setSesstionType(message.getSessionType())
            .setSeq(request.getSeq())
            .setConversationID(id)
            .setIsAdminRevoke(caller.appAdmin())
            .build();
    LoggedNotification notification =
        notification(
            userId,
            message,
            new LoggedNotification.Content(NotificationType.MESSAGE_REVOKED, tips, true),
            now);
    mutations.apply(List.of(mutations.record(mutation, userId, notification)));
    hooks.afterRevoke(id, request.getSeq(), userId);
  }

  /** The message as the user finds it; an administrator needs no part in the conversation. */
  private MsgData message(Caller caller, String userId, String id, long seq) {
    ConversationAccess access = checks.access(userId, id);
    boolean chat = !new ConversationId(id).isNotification();
    if (!chat || !(access.takesPart() || caller.privileged()) || !access.bounds().contains(seq)) {
      throw notFound();
    }
    Seen seen = checks.page(userId, id, List.of(seq)).get(seq);
    MsgData message = seen == null ? null : seen.message();
    if (seen == null || message == null) {
      throw notFound();
    }
    if (seen.marks().revocation() != null) {
      throw ImError.MSG_ALREADY_REVOKE.with("msg already revoke");
    }
    return message;
  }

  private static ImException notFound() {
    return ImError.RECORD_NOT_FOUND.with("msg not found");
  }

  /** The role that readers are told; refuses who may not. */
  private int role(Caller caller, UserInfo user, MsgData message) {
    if (caller.privileged()) {
      return 0;
    }
    return switch (SessionType.of(message.getSessionType())) {
      case SINGLE -> {
        if (!message.getSendID().equals(user.getUserID())) {
          throw ImError.NO_PERMISSION.with("no permission");
        }
        yield user.getAppMangerLevel();
      }
      case GROUP -> groupRole(user.getUserID(), message);
      case WRITE_GROUP, NOTIFICATION -> throw ImException.internal("msg sessionType not supported");
    };
  }

  private int groupRole(String userId, MsgData message) {
    int role =
        checks
            .role(message.getGroupID(), userId)
            .orElseThrow(() -> ImError.NO_PERMISSION.with("not in the group"));
    if (message.getSendID().equals(userId) || role >= GroupRole.OWNER.level()) {
      return role;
    }
    Optional<Integer> senders = checks.role(message.getGroupID(), message.getSendID());
    if (role < GroupRole.ADMIN.level()
        || senders.orElse(GroupRole.ORDINARY.level()) > GroupRole.ORDINARY.level()) {
      throw ImError.NO_PERMISSION.with("no permission");
    }
    return role;
  }

  /** Both sides of a chat of two are told, whoever takes the message back. */
  private static LoggedNotification notification(
      String userId, MsgData message, LoggedNotification.Content content, long now) {
    SessionType type = SessionType.of(message.getSessionType());
    if (type.isGroup()) {
      return LoggedNotification.toGroup(userId, message.getGroupID(), content, now);
    }
    return userId.equals(message.getRecvID())
        ? LoggedNotification.toUser(type, userId, message.getSendID(), content, now)
        : LoggedNotification.toUser(type, message.getSendID(), message.getRecvID(), content, now);
  }
}
