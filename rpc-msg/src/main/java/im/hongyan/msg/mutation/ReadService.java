package im.hongyan.msg.mutation;

import im.hongyan.msg.mutation.ConversationAccessChecks.Chat;
import im.hongyan.msg.pull.Bounds;
import im.hongyan.msg.pull.ConversationAccess;
import im.hongyan.msg.pull.Seen;
import im.hongyan.proto.msg.MarkConversationAsReadReq;
import im.hongyan.proto.msg.MarkMsgsAsReadReq;
import im.hongyan.proto.msg.SetConversationHasReadSeqReq;
import im.hongyan.proto.sdkws.MarkAsReadTips;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.proto.sequencing.ReadMark;
import im.hongyan.webhooks.MessageHooks;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.SessionType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.LongStream;

/**
 * Read marks (messaging.md 6.1, rest-message.md 6.7, 6.8, 6.10). A mark of many messages goes in
 * several records. Safe for use by several threads; blocks.
 */
public final class ReadService {
  private static final int MAX_SEQS = 10_000;
  private static final int SEQS_PER_RECORD = 500;

  private final ConversationAccessChecks checks;
  private final Mutations mutations;
  private final MessageHooks hooks;

  /** Creates a service. */
  public ReadService(ConversationAccessChecks checks, Mutations mutations, MessageHooks hooks) {
    this.checks = checks;
    this.mutations = mutations;
    this.hooks = hooks;
  }

  /** Marks messages, and raises the read position to the highest of them. */
  public void markMessages(MarkMsgsAsReadReq request) {
    String userId = request.getUserID();
    requireIds(request.getConversationID(), userId);
    if (request.getSeqsCount() == 0) {
      throw ImError.ARGS.with("seqs is empty");
    }
    ConversationAccessChecks.requireSeqs(request.getSeqsList(), MAX_SEQS);
    checks.requireSelf(userId);
    Chat chat = checks.chat(userId, request.getConversationID());
    ConversationAccess access = checks.access(userId, chat.id());
    NavigableSet<Long> seqs = new TreeSet<>(request.getSeqsList());
    requireVisible(seqs.last(), access);
    long read = Math.max(seqs.last(), access.visibleRead());
    List<InboundRecord> records = new ArrayList<>();
    for (List<Long> some : parts(List.copyOf(seqs))) {
      List<Long> marked =
          chat.type() == SessionType.SINGLE
              ? ofOthers(userId, chat.id(), some, access.bounds())
              : List.of();
      records.add(receipt(chat, userId, some, marked, read));
    }
    mutations.apply(records);
    hooks.afterSingleRead(chat.id(), userId, request.getSeqsList(), chat.type().number());
  }

  /** Marks a whole chat up to a seq. */
  public void markConversation(MarkConversationAsReadReq request) {
    String userId = request.getUserID();
    requireIds(request.getConversationID(), userId);
    requirePositive(request.getHasReadSeq());
    ConversationAccessChecks.requireSeqs(request.getSeqsList(), MAX_SEQS);
    checks.requireSelf(userId);
    Chat chat = checks.chat(userId, request.getConversationID());
    ConversationAccess access = checks.access(userId, chat.id());
    long target = Math.min(request.getHasReadSeq(), access.max());
    if (chat.type() == SessionType.SINGLE) {
      markSingle(chat, userId, request.getSeqsList(), access, target);
      return;
    }
    long read = Math.max(target, access.visibleRead());
    mutations.apply(List.of(selfReceipt(chat.id(), userId, read)));
    if (chat.type().isGroup()) {
      hooks.afterGroupRead(userId, userId, read, chat.type().number());
    }
  }

  private void markSingle(
      Chat chat, String userId, List<Long> listed, ConversationAccess access, long target) {
    long read = access.visibleRead();
    Bounds bounds = access.bounds();
    long from = Math.max(Math.max(read + 1, bounds.first()), target - MAX_SEQS + 1);
    NavigableSet<Long> seqs = new TreeSet<>(listed);
    LongStream.rangeClosed(from, target).forEach(seqs::add);
    List<InboundRecord> records = new ArrayList<>();
    List<Long> all = new ArrayList<>();
    for (List<Long> some : parts(List.copyOf(seqs))) {
      List<Long> marked = ofOthers(userId, chat.id(), some, bounds);
      all.addAll(marked);
      records.add(receipt(chat, userId, marked, marked, Math.max(read, target)));
    }
    if (records.isEmpty()) {
      records.add(receipt(chat, userId, List.of(), List.of(), Math.max(read, target)));
    }
    mutations.apply(records);
    hooks.afterSingleRead(chat.id(), userId, all, chat.type().number());
  }

  /** Raises the read position; the user's other devices are told. */
  public void setReadSeq(SetConversationHasReadSeqReq request) {
    String userId = request.getUserID();
    requireIds(request.getConversationID(), userId);
    requirePositive(request.getHasReadSeq());
    checks.requireSelf(userId);
    Chat chat = checks.chat(userId, request.getConversationID());
    ConversationAccess access = checks.access(userId, chat.id());
    requireVisible(request.getHasReadSeq(), access);
    mutations.apply(List.of(selfReceipt(chat.id(), userId, request.getHasReadSeq())));
  }

  private static void requireIds(String conversationId, String userId) {
    ConversationAccessChecks.require("conversationID", conversationId);
    ConversationAccessChecks.require("userID", userId);
  }

  private static void requirePositive(long hasReadSeq) {
    if (hasReadSeq < 1) {
      throw ImError.ARGS.with("hasReadSeq is invalid");
    }
  }

  private static void requireVisible(long seq, ConversationAccess access) {
    if (seq > access.max()) {
      throw ImError.ARGS.with("hasReadSeq must not be bigger than maxSeq");
    }
  }

  private static List<List<Long>> parts(List<Long> seqs) {
    List<List<Long>> parts = new ArrayList<>();
    for (int from = 0; from < seqs.size(); from += SEQS_PER_RECORD) {
      parts.add(seqs.subList(from, Math.min(seqs.size(), from + SEQS_PER_RECORD)));
    }
    return parts;
  }

  /** Those of the seqs whose messages others sent and that are still there. */
  private List<Long> ofOthers(String userId, String id, List<Long> seqs, Bounds bounds) {
    List<Long> readable = seqs.stream().filter(bounds::contains).toList();
    Map<Long, Seen> page = checks.page(userId, id, readable);
    return readable.stream()
        .filter(seq -> {
          Seen seen = page.get(seq);
          MsgData message = seen == null ? null : seen.message();
          return message != null && !message.getSendID().equals(userId);
        })
        .toList();
  }

  private InboundRecord receipt(
      Chat chat, String userId, List<Long> told, List<Long> marked, long read) {
    Notice.Content content = content(chat.id(), userId, told, read, true);
    return mutations.record(
        mark(chat.id(), userId, marked, read),
        userId,
        chat.notice(userId, content, mutations.now()));
  }

  private InboundRecord selfReceipt(String conversationId, String userId, long read) {
    Notice.Content content = content(conversationId, userId, List.of(), read, false);
    return mutations.record(
        mark(conversationId, userId, List.of(), read),
        userId,
        Notice.toSelf(userId, content, mutations.now()));
  }

  private static Notice.Content content(
      String conversationId, String userId, List<Long> seqs, long read, boolean stored) {
    MarkAsReadTips tips =
        MarkAsReadTips.newBuilder()
            .setMarkAsReadUserID(userId)
            .setConversationID(conversationId)
            .addAllSeqs(seqs)
            .setHasReadSeq(read)
            .build();
    return new Notice.Content(Notice.READ, tips, stored);
  }

  private static Mutation mark(
      String conversationId, String userId, List<Long> messages, long read) {
    return Mutation.newBuilder()
        .setConversationId(conversationId)
        .setRead(ReadMark.newBuilder().setUserId(userId).setSeq(read).addAllMessageSeqs(messages))
        .build();
  }
}
