package im.hongyan.msg.mutation;

import im.hongyan.msg.mutation.ConversationAccessChecks.Chat;
import im.hongyan.msg.pull.ConversationAccess;
import im.hongyan.proto.msg.ClearConversationsMsgReq;
import im.hongyan.proto.msg.DeleteSyncOpt;
import im.hongyan.proto.msg.UserClearAllMsgReq;
import im.hongyan.proto.sdkws.ClearConversationTips;
import im.hongyan.proto.sdkws.ConversationUpdateTips;
import im.hongyan.proto.sequencing.Clearing;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.proto.sequencing.ReadMark;
import im.hongyan.wire.error.ImError;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * Clears conversations, for one user or for everybody (messaging.md 6.6, rest-message.md 6.11,
 * 6.12). The messages stay stored; the first readable seq rises. Safe for use by several threads;
 * blocks.
 */
public final class ClearService {
  private static final int MAX_CONVERSATIONS = 1_000;

  private final ConversationAccessChecks checks;
  private final Mutations mutations;

  /** Creates a service. */
  public ClearService(ConversationAccessChecks checks, Mutations mutations) {
    this.checks = checks;
    this.mutations = mutations;
  }

  /** Clears these of a user's checks. */
  public void clear(ClearConversationsMsgReq request) {
    if (request.getConversationIDsCount() == 0) {
      throw ImError.ARGS.with("conversationIDs is empty");
    }
    if (request.getConversationIDsCount() > MAX_CONVERSATIONS) {
      throw ImError.ARGS.with("more than " + MAX_CONVERSATIONS + " at once");
    }
    ConversationAccessChecks.require("userID", request.getUserID());
    checks.requireSelf(request.getUserID());
    clear(request.getUserID(), request.getConversationIDsList(), request.getDeleteSyncOpt());
  }

  /** Clears all of a user's checks. */
  public void clearAll(UserClearAllMsgReq request) {
    ConversationAccessChecks.require("userID", request.getUserID());
    checks.requireSelf(request.getUserID());
    List<String> all = checks.ids(request.getUserID());
    for (int from = 0; from < all.size(); from += MAX_CONVERSATIONS) {
      List<String> some = all.subList(from, Math.min(all.size(), from + MAX_CONVERSATIONS));
      clear(request.getUserID(), some, request.getDeleteSyncOpt());
    }
  }

  private void clear(String userId, Collection<String> ids, DeleteSyncOpt options) {
    Map<String, ConversationAccess> own = checks.own(userId, ids);
    List<InboundRecord> records = new ArrayList<>();
    if (options.getIsSyncOther()) {
      List<Chat> all = own.keySet().stream().map(id -> checks.chat(userId, id)).toList();
      all.forEach(chat -> requireRight(chat, userId));
      for (Chat chat : all) {
        ConversationAccess access = own.get(chat.id());
        records.addAll(forAll(chat, userId, access == null ? 0 : access.max()));
      }
    } else {
      own.keySet().forEach(id -> records.add(forUser(id, userId)));
      if (options.getIsSyncSelf() && !own.isEmpty()) {
        Notice.Content told = cleared(userId, own.keySet());
        records.add(mutations.record(Notice.toSelf(userId, told, mutations.now())));
      }
    }
    mutations.apply(records);
  }

  /** A member of a group cannot take the others' messages from them. */
  private void requireRight(Chat chat, String userId) {
    if (chat.type().isGroup()
        && !checks.caller().privileged()
        && !checks.leads(chat.groupId(), userId)) {
      throw ImError.NO_PERMISSION.with("only owner and admins clear a group for everybody");
    }
  }

  private InboundRecord forUser(String conversationId, String userId) {
    ConversationUpdateTips tips =
        ConversationUpdateTips.newBuilder()
            .setUserID(userId)
            .addConversationIDList(conversationId)
            .build();
    Notice.Content changed = new Notice.Content(Notice.CONVERSATION_CHANGED, tips, false);
    return mutations.record(
        clearing(conversationId, userId), userId, Notice.toSelf(userId, changed, mutations.now()));
  }

  /** Only the one who cleared has read all of it. */
  private List<InboundRecord> forAll(Chat chat, String userId, long top) {
    Notice told = chat.notice(userId, cleared(userId, List.of(chat.id())), mutations.now());
    Mutation read =
        Mutation.newBuilder()
            .setConversationId(chat.id())
            .setRead(ReadMark.newBuilder().setUserId(userId).setSeq(top))
            .build();
    return List.of(
        mutations.record(clearing(chat.id(), ""), userId, told),
        mutations.record(read, userId, null));
  }

  private static Notice.Content cleared(String userId, Collection<String> ids) {
    ClearConversationTips tips =
        ClearConversationTips.newBuilder().setUserID(userId).addAllConversationIDs(ids).build();
    return new Notice.Content(Notice.CLEARED, tips, false);
  }

  private static Mutation clearing(String conversationId, String userId) {
    return Mutation.newBuilder()
        .setConversationId(conversationId)
        .setClearing(Clearing.newBuilder().setUserId(userId))
        .build();
  }
}
