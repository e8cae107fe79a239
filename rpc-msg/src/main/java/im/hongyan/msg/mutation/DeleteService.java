package im.hongyan.msg.mutation;

import im.hongyan.msg.mutation.ConversationAccessChecks.Chat;
import im.hongyan.msg.pull.ConversationAccess;
import im.hongyan.msg.pull.Seen;
import im.hongyan.proto.msg.DeleteMsgPhysicalBySeqReq;
import im.hongyan.proto.msg.DeleteMsgsReq;
import im.hongyan.proto.sdkws.DeleteMsgsTips;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.Deletion;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.wire.error.ImError;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Deletes messages, for one user or for everybody (messaging.md 6.5, rest-message.md 6.13, 6.14).
 * Safe for use by several threads; blocks.
 */
public final class DeleteService {
  private static final int MAX_SEQS = 500;
  private static final int DELETED = 4;

  private final ConversationAccessChecks checks;
  private final Mutations mutations;

  /** Creates a service. */
  public DeleteService(ConversationAccessChecks checks, Mutations mutations) {
    this.checks = checks;
    this.mutations = mutations;
  }

  /** Deletes messages of a user's chat. */
  public void delete(DeleteMsgsReq request) {
    String userId = request.getUserID();
    ConversationAccessChecks.require("conversationID", request.getConversationID());
    ConversationAccessChecks.require("userID", userId);
    if (request.getSeqsCount() == 0) {
      throw ImError.ARGS.with("seqs is empty");
    }
    ConversationAccessChecks.requireSeqs(request.getSeqsList(), MAX_SEQS);
    checks.requireSelf(userId);
    Chat chat = checks.chat(userId, request.getConversationID());
    ConversationAccess access = checks.access(userId, chat.id());
    List<Long> asked = List.copyOf(new TreeSet<>(request.getSeqsList()));
    if (asked.getLast() > access.max()) {
      throw ImError.ARGS.with("seq must not be bigger than maxSeq");
    }
    List<Long> seqs = asked.stream().filter(access.bounds()::contains).toList();
    DeleteMsgsTips tips =
        DeleteMsgsTips.newBuilder()
            .setUserID(userId)
            .setConversationID(chat.id())
            .addAllSeqs(request.getSeqsList())
            .build();
    Notice.Content content = new Notice.Content(Notice.DELETED, tips, true);
    if (request.getDeleteSyncOpt().getIsSyncOther()) {
      deleteForAll(chat, userId, seqs, content);
    } else {
      Notice own =
          request.getDeleteSyncOpt().getIsSyncSelf()
              ? Notice.toSelf(userId, content, mutations.now())
              : null;
      deleteForUser(chat.id(), userId, seqs, own);
    }
  }

  /** The user's own conversation is of another lane, so what is told there comes behind. */
  private void deleteForUser(
      String conversationId, String userId, List<Long> seqs, @Nullable Notice own) {
    Mutation mutation =
        Mutation.newBuilder()
            .setConversationId(conversationId)
            .setDeletion(Deletion.newBuilder().setUserId(userId).addAllSeqs(seqs))
            .build();
    mutations.apply(List.of(mutations.record(mutation, userId, null)));
    if (own != null) {
      mutations.apply(List.of(mutations.record(own)));
    }
  }

  private void deleteForAll(Chat chat, String userId, List<Long> seqs, Notice.Content content) {
    List<MsgData> messages = there(userId, chat.id(), seqs);
    boolean own = messages.stream().allMatch(message -> message.getSendID().equals(userId));
    boolean leads = !own && chat.type().isGroup() && checks.leads(chat.groupId(), userId);
    if (!own && !leads && !checks.caller().privileged()) {
      throw ImError.NO_PERMISSION.with("only own messages can be deleted for everybody");
    }
    Notice notice = chat.notice(userId, content, mutations.now());
    InboundRecord record =
        messages.isEmpty()
            ? mutations.record(notice)
            : mutations.record(erasure(chat.id(), messages), userId, notice);
    mutations.apply(List.of(record));
  }

  /** Deletes messages for everybody and tells nobody; for administrators. */
  public void erase(DeleteMsgPhysicalBySeqReq request) {
    String id = request.getConversationID();
    ConversationAccessChecks.require("conversationID", id);
    String userId = checks.caller().userId();
    long top = checks.access(userId, id).top().seq();
    List<Long> seqs =
        new TreeSet<>(request.getSeqsList())
            .stream().filter(seq -> seq >= 1 && seq <= top).toList();
    List<InboundRecord> records = new ArrayList<>();
    for (int from = 0; from < seqs.size(); from += MAX_SEQS) {
      List<Long> some = seqs.subList(from, Math.min(seqs.size(), from + MAX_SEQS));
      List<MsgData> messages = there(userId, id, some);
      if (!messages.isEmpty()) {
        records.add(mutations.record(erasure(id, messages), userId, null));
      }
    }
    mutations.apply(records);
  }

  /** Messages that are not deleted for everybody yet, with their seqs. */
  private List<MsgData> there(String userId, String conversationId, List<Long> seqs) {
    Map<Long, Seen> page = checks.page(userId, conversationId, seqs);
    List<MsgData> messages = new ArrayList<>();
    for (Long seq : seqs) {
      Seen seen = page.get(seq);
      MsgData message = seen == null ? null : seen.message();
      if (message != null) {
        messages.add(message.toBuilder().setSeq(seq).build());
      }
    }
    return messages;
  }

  private static Mutation erasure(String conversationId, List<MsgData> messages) {
    Deletion.Builder deletion = Deletion.newBuilder();
    for (MsgData message : messages) {
      deletion.addSeqs(message.getSeq()).addTombstones(tombstone(message).toByteString());
    }
    return Mutation.newBuilder().setConversationId(conversationId).setDeletion(deletion).build();
  }

  /** What stays: enough to answer a resend and to sort by time. */
  private static MsgData tombstone(MsgData message) {
    return MsgData.newBuilder()
        .setSendID(message.getSendID())
        .setRecvID(message.getRecvID())
        .setGroupID(message.getGroupID())
        .setSessionType(message.getSessionType())
        .setClientMsgID(message.getClientMsgID())
        .setServerMsgID(message.getServerMsgID())
        .setSendTime(message.getSendTime())
        .setSeq(message.getSeq())
        .setStatus(DELETED)
        .build();
  }
}
