package im.hongyan.msg.mutation;

import com.google.common.collect.Lists;
import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.messagelog.lane.MessageTimes;
import im.hongyan.msg.mutation.ConversationAccessChecks.Chat;
import im.hongyan.msg.pull.ConversationAccess;
import im.hongyan.msg.pull.UserReader;
import im.hongyan.proto.msg.ClearConversationsMsgReq;
import im.hongyan.proto.msg.ClearConversationsMsgResp;
import im.hongyan.proto.msg.DeleteSyncOpt;
import im.hongyan.proto.msg.GetLastMessageSeqByTimeReq;
import im.hongyan.proto.msg.GetLastMessageSeqByTimeResp;
import im.hongyan.proto.msg.SetUserConversationMinSeqReq;
import im.hongyan.proto.msg.SetUserConversationMinSeqResp;
import im.hongyan.proto.msg.SetUserConversationsMinSeqReq;
import im.hongyan.proto.msg.SetUserConversationsMinSeqResp;
import im.hongyan.proto.msg.UserClearAllMsgReq;
import im.hongyan.proto.msg.UserClearAllMsgResp;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.sdkws.ClearConversationTips;
import im.hongyan.proto.sequencing.Clearing;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.proto.sequencing.ReadMark;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.notification.NotificationType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Clears conversations, for one user or for everybody (messaging.md 6.6, rest-message.md 6.11,
 * 6.12). The messages stay stored; the first readable seq rises. Safe for use by several threads;
 * blocks.
 */
public final class Clears implements Feature {
  private static final int CONVERSATIONS_PER_CLEAR = 1_000;

  private final ConversationAccessChecks checks;
  private final Mutations mutations;
  private final MessageTimes times;

  public Clears(ConversationAccessChecks checks, Mutations mutations, MessageTimes times) {
    this.checks = checks;
    this.mutations = mutations;
    this.times = times;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(msgGrpc.getClearConversationsMsgMethod(), this::clear);
    rpcs.unary(msgGrpc.getUserClearAllMsgMethod(), this::clearAll);
    rpcs.unary(msgGrpc.getSetUserConversationsMinSeqMethod(), this::setFirstSeq);
    rpcs.unary(msgGrpc.getSetUserConversationMinSeqMethod(), this::setFirstSeqOfOwners);
    rpcs.unary(msgGrpc.getGetLastMessageSeqByTimeMethod(), this::newestUntil);
  }

  private ClearConversationsMsgResp clear(Caller caller, ClearConversationsMsgReq request) {
    UserId user = new UserId(request.getUserID());
    clear(caller, user, request.getConversationIDsList(), request.getDeleteSyncOpt());
    return ClearConversationsMsgResp.getDefaultInstance();
  }

  private UserClearAllMsgResp clearAll(Caller caller, UserClearAllMsgReq request) {
    UserId user = new UserId(request.getUserID());
    for (List<String> some : Lists.partition(checks.ids(user), CONVERSATIONS_PER_CLEAR)) {
      clear(caller, user, some, request.getDeleteSyncOpt());
    }
    return UserClearAllMsgResp.getDefaultInstance();
  }

  private SetUserConversationsMinSeqResp setFirstSeq(
      Caller caller, SetUserConversationsMinSeqReq request) {
    setFirstSeq(request.getConversationID(), request.getUserIDsList(), request.getSeq());
    return SetUserConversationsMinSeqResp.getDefaultInstance();
  }

  private SetUserConversationMinSeqResp setFirstSeqOfOwners(
      Caller caller, SetUserConversationMinSeqReq request) {
    setFirstSeq(request.getConversationID(), request.getOwnerUserIDList(), request.getMinSeq());
    return SetUserConversationMinSeqResp.getDefaultInstance();
  }

  /** What these users can read begins here, for other services; a bound never falls. */
  private void setFirstSeq(String conversationId, Collection<String> users, long seq) {
    long through = seq - 1;
    if (through > 0) {
      ConversationId id = new ConversationId(conversationId);
      mutations.apply(
          users.stream()
              .distinct()
              .map(user -> mutations.record(clearing(id, user, through), new UserId(user), null))
              .toList());
    }
  }

  private GetLastMessageSeqByTimeResp newestUntil(
      Caller caller, GetLastMessageSeqByTimeReq request) {
    long seq = times.newestUntil(request.getConversationID(), request.getTime());
    return GetLastMessageSeqByTimeResp.newBuilder().setSeq(seq).build();
  }

  /**
   * Nobody reads what is up to a seq any more, which nobody is notified of.
   *
   * @param throughSeqs by conversation
   */
  public void forEverybody(Map<String, Long> throughSeqs) {
    List<InboundRecord> records = new ArrayList<>();
    throughSeqs.forEach((id, through) -> {
      Mutation mutation = clearing(new ConversationId(id), "", through);
      records.add(mutations.record(mutation, UserReader.NOBODY, null));
    });
    mutations.apply(records);
  }

  private void clear(Caller caller, UserId user, Collection<String> ids, DeleteSyncOpt options) {
    Map<ConversationId, ConversationAccess> own = checks.own(user, ids);
    List<InboundRecord> records = new ArrayList<>();
    if (options.getIsSyncOther()) {
      List<Chat> all = own.keySet().stream().map(id -> checks.chat(user, id)).toList();
      all.forEach(chat -> requireRight(caller, chat, user));
      for (Chat chat : all) {
        ConversationAccess access = own.get(chat.id());
        records.addAll(forAll(chat, user, access == null ? 0 : access.max()));
      }
    } else {
      own.keySet().forEach(id -> records.add(forUser(id, user)));
      if (options.getIsSyncSelf() && !own.isEmpty()) {
        LoggedNotification.Content content = cleared(user, own.keySet());
        records.add(mutations.record(LoggedNotification.toSelf(user, content, mutations.now())));
      }
    }
    mutations.apply(records);
  }

  /** A member of a group cannot take the others' messages from them. */
  private void requireRight(Caller caller, Chat chat, UserId user) {
    if (chat.type().isGroup() && !caller.privileged() && !checks.leads(chat.group(), user)) {
      throw ImError.NO_PERMISSION.with("only owner and admins clear a group for everybody");
    }
  }

  /** The user's devices get 1300 when the bound is in the log of conversations. */
  private InboundRecord forUser(ConversationId id, UserId user) {
    return mutations.record(clearing(id, user.value(), 0), user, null);
  }

  /** Only the one who cleared has read all of it. */
  private List<InboundRecord> forAll(Chat chat, UserId user, long top) {
    LoggedNotification notification =
        chat.notification(user, cleared(user, List.of(chat.id())), mutations.now());
    Mutation read =
        Mutation.newBuilder()
            .setConversationId(chat.id().value())
            .setRead(ReadMark.newBuilder().setUserId(user.value()).setSeq(top))
            .build();
    return List.of(
        mutations.record(clearing(chat.id(), "", 0), user, notification),
        mutations.record(read, user, null));
  }

  private static LoggedNotification.Content cleared(UserId user, Collection<ConversationId> ids) {
    ClearConversationTips tips =
        ClearConversationTips.newBuilder()
            .setUserID(user.value())
            .addAllConversationIDs(ids.stream().map(ConversationId::value).toList())
            .build();
    return new LoggedNotification.Content(NotificationType.MESSAGES_CLEARED, tips, false);
  }

  /**
   * The mutation of a clear.
   *
   * @param userId for whom; empty for everybody
   * @param through the last seq that is cleared; 0 for the newest where the record is numbered
   */
  private static Mutation clearing(ConversationId id, String userId, long through) {
    return Mutation.newBuilder()
        .setConversationId(id.value())
        .setClearing(Clearing.newBuilder().setUserId(userId).setThroughSeq(through))
        .build();
  }
}
