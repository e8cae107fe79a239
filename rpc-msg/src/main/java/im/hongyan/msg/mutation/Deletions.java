package im.hongyan.msg.mutation;

import com.google.common.collect.Lists;
import com.google.common.hash.Hashing;
import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.messagelog.lane.Tombstones;
import im.hongyan.msg.mutation.ConversationAccessChecks.Chat;
import im.hongyan.msg.pull.ConversationAccess;
import im.hongyan.msg.pull.StoredMessage;
import im.hongyan.msg.pull.UserReader;
import im.hongyan.proto.msg.DeleteMsgPhysicalBySeqReq;
import im.hongyan.proto.msg.DeleteMsgPhysicalBySeqResp;
import im.hongyan.proto.msg.DeleteMsgsReq;
import im.hongyan.proto.msg.DeleteMsgsResp;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.sdkws.DeleteMsgsTips;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.Deletion;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.StoreUnavailableException;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.SessionType;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.notification.NotificationType;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Deletes messages, for one user or for everybody (messaging.md 6.5, rest-message.md 6.13, 6.14).
 * Safe for use by several threads; blocks.
 */
public final class Deletions implements Feature {
  private static final int SEQS_PER_RECORD = 500;

  private final ConversationAccessChecks checks;
  private final Mutations mutations;

  public Deletions(ConversationAccessChecks checks, Mutations mutations) {
    this.checks = checks;
    this.mutations = mutations;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(msgGrpc.getDeleteMsgsMethod(), this::delete);
    rpcs.unary(msgGrpc.getDeleteMsgPhysicalBySeqMethod(), this::erase);
  }

  private DeleteMsgsResp delete(Caller caller, DeleteMsgsReq request) {
    UserId user = new UserId(request.getUserID());
    Chat chat = checks.chat(user, new ConversationId(request.getConversationID()));
    ConversationAccess access = checks.access(user, chat.id());
    List<Long> asked = List.copyOf(new TreeSet<>(request.getSeqsList()));
    if (asked.getLast() > access.max()) {
      throw ImError.ARGS.with("seq must not be bigger than maxSeq");
    }
    List<Long> seqs = asked.stream().filter(access.bounds()::contains).toList();
    List<Long> listed = request.getSeqsList().stream().filter(access.bounds()::contains).toList();
    LoggedNotification.Content content = deleted(user, chat.id(), listed);
    if (request.getDeleteSyncOpt().getIsSyncOther()) {
      deleteForAll(caller, chat, user, seqs, content);
    } else {
      LoggedNotification own =
          request.getDeleteSyncOpt().getIsSyncSelf()
              ? LoggedNotification.toSelf(user, content, mutations.now())
              : null;
      deleteForUser(chat.id(), user, seqs, own);
    }
    return DeleteMsgsResp.getDefaultInstance();
  }

  /**
   * Deletes messages of a chat for both sides, since they were read (messaging.md 6.7), with 2102
   * from their senders. Done again, it changes nothing and notifies nobody: the notification's id
   * is made of the seqs.
   */
  public void burn(ConversationId id, List<Long> seqs) {
    ConversationAccess access = checks.access(UserReader.NOBODY, id);
    requireVisible(seqs, access);
    List<Long> readable = seqs.stream().filter(access.bounds()::contains).toList();
    List<MsgData> messages = existing(UserReader.NOBODY, id, readable);
    Map<String, List<MsgData>> bySender =
        messages.stream().collect(Collectors.groupingBy(MsgData::getSendID, Collectors.toList()));
    List<InboundRecord> records = new ArrayList<>();
    bySender.forEach((sendId, own) -> {
      UserId sender = new UserId(sendId);
      LoggedNotification notification =
          LoggedNotification.toUser(
              SessionType.of(own.getFirst().getSessionType()),
              sender,
              new UserId(own.getFirst().getRecvID()),
              deleted(sender, id, own.stream().map(MsgData::getSeq).toList()),
              mutations.now());
      String key = burnKey(id, sender, seqs);
      records.add(mutations.record(erasure(id, own), sender, notification.withId(key)));
    });
    mutations.apply(records);
  }

  /** As above, for one member of a group and with 2102 to that member's own devices. */
  public void burn(ConversationId id, UserId user, List<Long> seqs) {
    ConversationAccess access = checks.access(user, id);
    requireVisible(seqs, access);
    List<Long> readable = seqs.stream().filter(access.bounds()::contains).toList();
    if (access.takesPart() && !readable.isEmpty()) {
      LoggedNotification.Content content = deleted(user, id, readable);
      LoggedNotification own = LoggedNotification.toSelf(user, content, mutations.now());
      deleteForUser(id, user, readable, own.withId(burnKey(id, user, seqs)));
    }
  }

  /** History may be ahead of what Redis shows, for a moment. */
  private static void requireVisible(List<Long> seqs, ConversationAccess access) {
    if (seqs.getLast() > access.top().seq()) {
      throw new StoreUnavailableException("what was read is not visible yet");
    }
  }

  private static LoggedNotification.Content deleted(
      UserId user, ConversationId id, List<Long> seqs) {
    DeleteMsgsTips tips =
        DeleteMsgsTips.newBuilder()
            .setUserID(user.value())
            .setConversationID(id.value())
            .addAllSeqs(seqs)
            .build();
    return new LoggedNotification.Content(NotificationType.MESSAGES_DELETED, tips, true);
  }

  private static String burnKey(ConversationId id, UserId user, List<Long> seqs) {
    String whole = id.value() + '\0' + user.value() + '\0' + seqs;
    return "burn_" + Hashing.sha256().hashString(whole, StandardCharsets.UTF_8);
  }

  /** The user's own conversation is of another lane, so its notification comes behind. */
  private void deleteForUser(
      ConversationId id, UserId user, List<Long> seqs, @Nullable LoggedNotification own) {
    Mutation mutation =
        Mutation.newBuilder()
            .setConversationId(id.value())
            .setDeletion(Deletion.newBuilder().setUserId(user.value()).addAllSeqs(seqs))
            .build();
    mutations.apply(List.of(mutations.record(mutation, user, null)));
    if (own != null) {
      mutations.apply(List.of(mutations.record(own)));
    }
  }

  private void deleteForAll(
      Caller caller, Chat chat, UserId user, List<Long> seqs, LoggedNotification.Content content) {
    if (chat.type().isGroup() && !caller.privileged()) {
      checks.requireMember(chat.group(), user);
    }
    if (seqs.isEmpty()) {
      // Devices that are notified of what was not deleted would hide it.
      return;
    }
    List<MsgData> messages = existing(user, chat.id(), seqs);
    boolean own = messages.stream().allMatch(message -> message.getSendID().equals(user.value()));
    boolean leads = !own && chat.type().isGroup() && checks.leads(chat.group(), user);
    if (!own && !leads && !caller.privileged()) {
      throw ImError.NO_PERMISSION.with("only own messages can be deleted for everybody");
    }
    LoggedNotification notification = chat.notification(user, content, mutations.now());
    InboundRecord record =
        messages.isEmpty()
            ? mutations.record(notification)
            : mutations.record(erasure(chat.id(), messages), user, notification);
    mutations.apply(List.of(record));
  }

  /** Deletes messages for everybody, without a notification. */
  private DeleteMsgPhysicalBySeqResp erase(Caller caller, DeleteMsgPhysicalBySeqReq request) {
    ConversationId id = new ConversationId(request.getConversationID());
    UserId admin = new UserId(caller.userId());
    long top = checks.access(admin, id).top().seq();
    List<Long> seqs =
        new TreeSet<>(request.getSeqsList())
            .stream().filter(seq -> seq >= 1 && seq <= top).toList();
    List<InboundRecord> records = new ArrayList<>();
    for (List<Long> some : Lists.partition(seqs, SEQS_PER_RECORD)) {
      List<MsgData> messages = existing(admin, id, some);
      if (!messages.isEmpty()) {
        records.add(mutations.record(erasure(id, messages), admin, null));
      }
    }
    mutations.apply(records);
    return DeleteMsgPhysicalBySeqResp.getDefaultInstance();
  }

  /** Messages that are not deleted for everybody yet, with their seqs. */
  private List<MsgData> existing(UserId user, ConversationId id, List<Long> seqs) {
    Map<Long, StoredMessage> page = checks.page(user, id, seqs);
    List<MsgData> messages = new ArrayList<>();
    for (Long seq : seqs) {
      StoredMessage stored = page.get(seq);
      MsgData message = stored == null ? null : stored.message();
      if (message != null) {
        messages.add(message.toBuilder().setSeq(seq).build());
      }
    }
    return messages;
  }

  private static Mutation erasure(ConversationId id, List<MsgData> messages) {
    Deletion.Builder deletion = Deletion.newBuilder();
    for (MsgData message : messages) {
      deletion.addSeqs(message.getSeq()).addTombstones(Tombstones.of(message).toByteString());
    }
    return Mutation.newBuilder().setConversationId(id.value()).setDeletion(deletion).build();
  }
}
