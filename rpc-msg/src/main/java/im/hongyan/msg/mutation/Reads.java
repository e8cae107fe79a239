package im.hongyan.msg.mutation;

import com.google.common.collect.Lists;
import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.msg.mutation.ConversationAccessChecks.Chat;
import im.hongyan.msg.pull.Bounds;
import im.hongyan.msg.pull.ConversationAccess;
import im.hongyan.msg.pull.StoredMessage;
import im.hongyan.proto.msg.MarkConversationAsReadReq;
import im.hongyan.proto.msg.MarkConversationAsReadResp;
import im.hongyan.proto.msg.MarkMsgsAsReadReq;
import im.hongyan.proto.msg.MarkMsgsAsReadResp;
import im.hongyan.proto.msg.SetConversationHasReadSeqReq;
import im.hongyan.proto.msg.SetConversationHasReadSeqResp;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.sdkws.MarkAsReadTips;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.proto.sequencing.ReadMark;
import im.hongyan.webhooks.MessageHooks;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.SessionType;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.notification.NotificationType;
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
public final class Reads implements Feature {
  /**
   * Of a single chat that is marked as a whole: what lies further back is not marked one by one.
   */
  private static final int MAX_SEQS = 10_000;

  private static final int SEQS_PER_RECORD = 500;

  private final ConversationAccessChecks checks;
  private final Mutations mutations;
  private final MessageHooks hooks;

  public Reads(ConversationAccessChecks checks, Mutations mutations, MessageHooks hooks) {
    this.checks = checks;
    this.mutations = mutations;
    this.hooks = hooks;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(msgGrpc.getMarkMsgsAsReadMethod(), this::markMessages);
    rpcs.unary(msgGrpc.getMarkConversationAsReadMethod(), this::markConversation);
    rpcs.unary(msgGrpc.getSetConversationHasReadSeqMethod(), this::setReadSeq);
  }

  /** Marks messages, and raises the read position to the highest of them. */
  private MarkMsgsAsReadResp markMessages(Caller caller, MarkMsgsAsReadReq request) {
    UserId user = new UserId(request.getUserID());
    Chat chat = checks.chat(user, new ConversationId(request.getConversationID()));
    ConversationAccess access = checks.access(user, chat.id());
    NavigableSet<Long> seqs = new TreeSet<>(request.getSeqsList());
    requireVisible(seqs.last(), access);
    long read = Math.max(seqs.last(), access.visibleRead());
    // A former member keeps the row, but the group is not notified of what he reads.
    boolean former = chat.type().isGroup() && checks.role(chat.group(), user).isEmpty();
    mutations.apply(
        former
            ? List.of(selfReceipt(chat.id(), user, read))
            : receipts(chat, user, seqs, access.bounds(), read));
    hooks.afterSingleRead(
        chat.id().value(), user.value(), request.getSeqsList(), chat.type().number());
    return MarkMsgsAsReadResp.getDefaultInstance();
  }

  private List<InboundRecord> receipts(
      Chat chat, UserId user, NavigableSet<Long> seqs, Bounds bounds, long read) {
    List<InboundRecord> records = new ArrayList<>();
    for (List<Long> some : Lists.partition(List.copyOf(seqs), SEQS_PER_RECORD)) {
      // What the reader has cleared is not marked, so no device may show it as read.
      List<Long> listed = some.stream().filter(bounds::contains).toList();
      List<Long> marked =
          chat.type() == SessionType.SINGLE ? ofOthers(user, chat.id(), listed, bounds) : List.of();
      records.add(receipt(chat, user, listed, marked, read));
    }
    return records;
  }

  private MarkConversationAsReadResp markConversation(
      Caller caller, MarkConversationAsReadReq request) {
    UserId user = new UserId(request.getUserID());
    Chat chat = checks.chat(user, new ConversationId(request.getConversationID()));
    ConversationAccess access = checks.access(user, chat.id());
    long target = Math.min(request.getHasReadSeq(), access.max());
    if (chat.type() == SessionType.SINGLE) {
      markSingle(chat, user, request.getSeqsList(), access, target);
      return MarkConversationAsReadResp.getDefaultInstance();
    }
    long read = Math.max(target, access.visibleRead());
    mutations.apply(List.of(selfReceipt(chat.id(), user, read)));
    if (chat.type().isGroup()) {
      hooks.afterGroupRead(user.value(), user.value(), read, chat.type().number());
    }
    return MarkConversationAsReadResp.getDefaultInstance();
  }

  private void markSingle(
      Chat chat, UserId user, List<Long> listed, ConversationAccess access, long target) {
    long read = access.visibleRead();
    Bounds bounds = access.bounds();
    long from = Math.max(Math.max(read + 1, bounds.first()), target - MAX_SEQS + 1);
    NavigableSet<Long> seqs = new TreeSet<>(listed);
    LongStream.rangeClosed(from, target).forEach(seqs::add);
    List<InboundRecord> records = new ArrayList<>();
    List<Long> all = new ArrayList<>();
    for (List<Long> some : Lists.partition(List.copyOf(seqs), SEQS_PER_RECORD)) {
      List<Long> marked = ofOthers(user, chat.id(), some, bounds);
      all.addAll(marked);
      records.add(receipt(chat, user, marked, marked, Math.max(read, target)));
    }
    if (records.isEmpty()) {
      records.add(receipt(chat, user, List.of(), List.of(), Math.max(read, target)));
    }
    mutations.apply(records);
    hooks.afterSingleRead(chat.id().value(), user.value(), all, chat.type().number());
  }

  /** Raises the read position; the user's other devices are notified. */
  private SetConversationHasReadSeqResp setReadSeq(
      Caller caller, SetConversationHasReadSeqReq request) {
    UserId user = new UserId(request.getUserID());
    Chat chat = checks.chat(user, new ConversationId(request.getConversationID()));
    requireVisible(request.getHasReadSeq(), checks.access(user, chat.id()));
    mutations.apply(List.of(selfReceipt(chat.id(), user, request.getHasReadSeq())));
    return SetConversationHasReadSeqResp.getDefaultInstance();
  }

  private static void requireVisible(long seq, ConversationAccess access) {
    if (seq > access.max()) {
      throw ImError.ARGS.with("hasReadSeq must not be bigger than maxSeq");
    }
  }

  /** Those of the seqs whose messages others sent and that are not deleted for everybody. */
  private List<Long> ofOthers(UserId user, ConversationId id, List<Long> seqs, Bounds bounds) {
    List<Long> readable = seqs.stream().filter(bounds::contains).toList();
    Map<Long, StoredMessage> page = checks.page(user, id, readable);
    return readable.stream()
        .filter(seq -> {
          StoredMessage stored = page.get(seq);
          MsgData message = stored == null ? null : stored.message();
          return message != null && !message.getSendID().equals(user.value());
        })
        .toList();
  }

  /**
   * The record of a mark that the other side sees.
   *
   * @param listed the seqs that the notification lists
   * @param marked the seqs whose messages are marked
   */
  private InboundRecord receipt(
      Chat chat, UserId user, List<Long> listed, List<Long> marked, long read) {
    LoggedNotification.Content content = content(chat.id(), user, listed, read, true);
    return mutations.record(
        mark(chat.id(), user, marked, read),
        user,
        chat.notification(user, content, mutations.now()));
  }

  private InboundRecord selfReceipt(ConversationId id, UserId user, long read) {
    LoggedNotification.Content content = content(id, user, List.of(), read, false);
    return mutations.record(
        mark(id, user, List.of(), read),
        user,
        LoggedNotification.toSelf(user, content, mutations.now()));
  }

  private static LoggedNotification.Content content(
      ConversationId id, UserId user, List<Long> seqs, long read, boolean stored) {
    MarkAsReadTips tips =
        MarkAsReadTips.newBuilder()
            .setMarkAsReadUserID(user.value())
            .setConversationID(id.value())
            .addAllSeqs(seqs)
            .setHasReadSeq(read)
            .build();
    return new LoggedNotification.Content(NotificationType.MESSAGES_READ, tips, stored);
  }

  private static Mutation mark(ConversationId id, UserId user, List<Long> messages, long read) {
    return Mutation.newBuilder()
        .setConversationId(id.value())
        .setRead(
            ReadMark.newBuilder().setUserId(user.value()).setSeq(read).addAllMessageSeqs(messages))
        .build();
  }
}
