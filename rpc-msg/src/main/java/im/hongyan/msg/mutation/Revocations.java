package im.hongyan.msg.mutation;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.msg.pull.ConversationAccess;
import im.hongyan.msg.pull.StoredMessage;
import im.hongyan.msg.relation.Relations;
import im.hongyan.proto.msg.RevokeMsgReq;
import im.hongyan.proto.msg.RevokeMsgResp;
import im.hongyan.proto.msg.msgGrpc;
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
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.SessionType;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.notification.NotificationType;
import java.util.List;
import java.util.Optional;

/**
 * Revokes messages (messaging.md 6.4, rest-message.md 6.6). The content stays stored. Safe for use
 * by several threads; blocks.
 */
public final class Revocations implements Feature {
  private final Relations relations;
  private final ConversationAccessChecks checks;
  private final Mutations mutations;
  private final MessageHooks hooks;

  public Revocations(
      Relations relations,
      ConversationAccessChecks checks,
      Mutations mutations,
      MessageHooks hooks) {
    this.relations = relations;
    this.checks = checks;
    this.mutations = mutations;
    this.hooks = hooks;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(msgGrpc.getRevokeMsgMethod(), this::revoke);
  }

  private RevokeMsgResp revoke(Caller caller, RevokeMsgReq request) {
    UserId userId = new UserId(request.getUserID());
    ConversationId id = new ConversationId(request.getConversationID());
    UserInfo user =
        relations.user(userId).orElseThrow(() -> ImError.RECORD_NOT_FOUND.with("user not found"));
    MsgData message = message(caller, userId, id, request.getSeq());
    int role = role(caller, user, message);
    long now = mutations.now();
    Mutation mutation =
        Mutation.newBuilder()
            .setConversationId(id.value())
            .setRevocation(
                Revocation.newBuilder()
                    .setSeq(request.getSeq())
                    .setUserId(userId.value())
                    .setRole(role)
                    .setNickname(user.getNickname())
                    .setTimeMillis(now))
            .build();
    LoggedNotification.Content content =
        new LoggedNotification.Content(
            NotificationType.MESSAGE_REVOKED, tips(caller, request, message, now), true);
    LoggedNotification notification = notification(userId, message, content, now);
    mutations.apply(List.of(mutations.record(mutation, userId, notification)));
    hooks.afterRevoke(id.value(), request.getSeq(), userId.value());
    return RevokeMsgResp.getDefaultInstance();
  }

  private static RevokeMsgTips tips(
      Caller caller, RevokeMsgReq request, MsgData message, long now) {
    return RevokeMsgTips.newBuilder()
        .setRevokerUserID(caller.userId())
        .setClientMsgID(message.getClientMsgID())
        .setRevokeTime(now)
        .setSesstionType(message.getSessionType())
        .setSeq(request.getSeq())
        .setConversationID(request.getConversationID())
        .setIsAdminRevoke(caller.appAdmin())
        .build();
  }

  /** The message as the user finds it; an administrator needs no part in the conversation. */
  private MsgData message(Caller caller, UserId user, ConversationId id, long seq) {
    ConversationAccess access = checks.access(user, id);
    boolean readable = (access.takesPart() || caller.privileged()) && access.bounds().contains(seq);
    if (id.isNotification() || !readable) {
      throw notFound();
    }
    StoredMessage stored = checks.page(user, id, List.of(seq)).get(seq);
    MsgData message = stored == null ? null : stored.message();
    if (stored == null || message == null) {
      throw notFound();
    }
    if (stored.marks().revocation() != null) {
      throw ImError.MSG_ALREADY_REVOKE.with("msg already revoke");
    }
    return message;
  }

  private static ImException notFound() {
    return ImError.RECORD_NOT_FOUND.with("msg not found");
  }

  /**
   * The role that readers find in the revoked message.
   *
   * @throws ImException 1002 for who may not revoke it
   */
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
      case GROUP -> groupRole(new UserId(user.getUserID()), message);
      case WRITE_GROUP, NOTIFICATION -> throw ImException.internal("msg sessionType not supported");
    };
  }

  private int groupRole(UserId user, MsgData message) {
    GroupId group = new GroupId(message.getGroupID());
    UserId sender = new UserId(message.getSendID());
    int role = checks.requireMember(group, user);
    if (sender.equals(user) || role >= GroupRole.OWNER.level()) {
      return role;
    }
    Optional<Integer> senders = checks.role(group, sender);
    if (role < GroupRole.ADMIN.level()
        || senders.orElse(GroupRole.ORDINARY.level()) > GroupRole.ORDINARY.level()) {
      throw ImError.NO_PERMISSION.with("no permission");
    }
    return role;
  }

  /** Both sides of a chat of two are notified, whoever revokes the message. */
  private static LoggedNotification notification(
      UserId user, MsgData message, LoggedNotification.Content content, long now) {
    SessionType type = SessionType.of(message.getSessionType());
    if (type.isGroup()) {
      return LoggedNotification.toGroup(user, new GroupId(message.getGroupID()), content, now);
    }
    UserId sender = new UserId(message.getSendID());
    UserId receiver = new UserId(message.getRecvID());
    return user.equals(receiver)
        ? LoggedNotification.toUser(type, receiver, sender, content, now)
        : LoggedNotification.toUser(type, sender, receiver, content, now);
  }
}
