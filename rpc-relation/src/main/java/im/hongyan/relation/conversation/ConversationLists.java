package im.hongyan.relation.conversation;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.conversation.Conversation;
import im.hongyan.proto.conversation.ConversationElem;
import im.hongyan.proto.conversation.DeleteConversationsReq;
import im.hongyan.proto.conversation.DeleteConversationsResp;
import im.hongyan.proto.conversation.GetSortedConversationListReq;
import im.hongyan.proto.conversation.GetSortedConversationListResp;
import im.hongyan.proto.conversation.MsgInfo;
import im.hongyan.proto.conversation.conversationGrpc;
import im.hongyan.proto.msg.Seqs;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.relation.invalidation.RelationCacheInvalidator;
import im.hongyan.relation.paging.Page;
import im.hongyan.relation.user.User;
import im.hongyan.relation.user.UserDirectory;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.id.Utf8Order;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Lists of conversations for which messages count (rest-message.md 7.1, 7.11). Safe for use by
 * several threads; blocks.
 */
public final class ConversationLists implements Feature {
  private final ConversationStore store;
  private final ConversationSettingsStore settings;
  private final MessageReads messages;
  private final UserDirectory users;
  private final GroupDirectory groups;
  private final RelationCacheInvalidator caches;
  private final InstantSource clock;

  /** What a list shows of one conversation. */
  private record Entry(Conversation row, Seqs seqs, long sortMillis) {
    private long unread() {
      return Math.max(0, seqs.getMaxSeq() - seqs.getHasReadSeq());
    }
  }

  /** Creates the feature. */
  public ConversationLists(
      ConversationStore store,
      ConversationSettingsStore settings,
      MessageReads messages,
      UserDirectory users,
      GroupDirectory groups,
      RelationCacheInvalidator caches,
      InstantSource clock) {
    this.store = store;
    this.settings = settings;
    this.messages = messages;
    this.users = users;
    this.groups = groups;
    this.caches = caches;
    this.clock = clock;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(conversationGrpc.getGetSortedConversationListMethod(), this::list);
    rpcs.unary(conversationGrpc.getDeleteConversationsMethod(), this::delete);
  }

  /** Pinned ones first, each part the newest message first. */
  private GetSortedConversationListResp list(Caller caller, GetSortedConversationListReq request) {
    UserId owner = new UserId(request.getUserID());
    List<Conversation> rows =
        store.find(
            owner,
            request.getConversationIDsCount() == 0
                ? store.ids(owner)
                : request.getConversationIDsList().stream().map(ConversationId::new).toList());
    if (rows.isEmpty()) {
      throw ImError.RECORD_NOT_FOUND.bare();
    }
    List<Entry> entries = sorted(owner, rows);
    Page page = Page.of(request.getPagination());
    List<Entry> shown = entries.stream().skip(page.offset()).limit(page.limit()).toList();
    return GetSortedConversationListResp.newBuilder()
        .setConversationTotal(
            entries.stream().filter(entry -> entry.seqs().getMaxSeq() > 0).count())
        .setUnreadTotal(entries.stream().mapToLong(Entry::unread).sum())
        .addAllConversationElems(elements(owner, shown))
        .build();
  }

  private List<Entry> sorted(UserId owner, List<Conversation> rows) {
    Map<String, Seqs> seqs =
        messages.seqs(owner, rows.stream().map(Conversation::getConversationID).toList());
    Comparator<Entry> order =
        Comparator.comparing((Entry entry) -> !entry.row().getIsPinned())
            .thenComparing(Comparator.comparingLong(Entry::sortMillis).reversed())
            .thenComparing(entry -> entry.row().getConversationID(), Utf8Order.INSTANCE);
    return rows.stream()
        .map(row -> {
          Seqs of = seqs.getOrDefault(row.getConversationID(), Seqs.getDefaultInstance());
          return new Entry(row, of, of.getMaxSeqTime());
        })
        .sorted(order)
        .toList();
  }

  private List<ConversationElem> elements(UserId owner, List<Entry> entries) {
    Map<String, MsgData> newest =
        messages.newest(
            owner, entries.stream().map(entry -> entry.row().getConversationID()).toList());
    Map<UserId, User> people = people(entries, newest);
    return entries.stream()
        .map(entry -> {
          ConversationElem.Builder element =
              ConversationElem.newBuilder()
                  .setConversationID(entry.row().getConversationID())
                  .setRecvMsgOpt(entry.row().getRecvMsgOpt())
                  .setUnreadCount(entry.unread())
                  .setIsPinned(entry.row().getIsPinned());
          MsgData message = newest.get(entry.row().getConversationID());
          if (message != null) {
            element.setMsgInfo(info(entry.row(), message, people));
          }
          return element.build();
        })
        .toList();
  }

  private Map<UserId, User> people(List<Entry> entries, Map<String, MsgData> newest) {
    List<UserId> ids =
        Stream.concat(
                entries.stream().map(entry -> entry.row().getUserID()),
                newest.values().stream().map(MsgData::getSendID))
            .filter(id -> !id.isEmpty())
            .map(UserId::new)
            .distinct()
            .toList();
    return users.byId(ids);
  }

  private MsgInfo info(Conversation row, MsgData message, Map<UserId, User> people) {
    MsgInfo.Builder info =
        MsgInfo.newBuilder()
            .setServerMsgID(message.getServerMsgID())
            .setClientMsgID(message.getClientMsgID())
            .setSessionType(message.getSessionType())
            .setSendID(message.getSendID())
            .setRecvID(message.getRecvID())
            .setLatestMsgRecvTime(message.getSendTime())
            .setMsgFrom(message.getMsgFrom())
            .setContentType(message.getContentType())
            .setContent(message.getContent().toStringUtf8())
            .setEx(message.getEx());
    if (row.getGroupID().isEmpty()) {
      User peer = people.get(new UserId(row.getUserID()));
      if (peer != null) {
        info.setSenderName(peer.nickname()).setFaceURL(peer.faceUrl());
      }
      return info.build();
    }
    User sender = people.get(new UserId(message.getSendID()));
    if (sender != null) {
      info.setSenderName(sender.nickname());
    }
    groups.find(new GroupId(row.getGroupID())).ifPresent(group -> describe(info, group));
    return info.build();
  }

  private static void describe(MsgInfo.Builder info, GroupInfo group) {
    info.setGroupID(group.getGroupID())
        .setGroupName(group.getGroupName())
        .setGroupFaceURL(group.getFaceURL())
        .setGroupType(group.getGroupType())
        .setGroupMemberCount(group.getMemberCount());
  }

  private DeleteConversationsResp delete(Caller caller, DeleteConversationsReq request) {
    boolean byAge = request.getNeedDeleteTime() > 0;
    if (byAge == request.getConversationIDsCount() > 0) {
      throw ImError.ARGS.with(
          byAge
              ? "need_delete_time and conversationIDs cannot both be set"
              : "need_delete_time or conversationIDs need be set");
    }
    UserId owner = new UserId(request.getOwnerUserID());
    List<ConversationId> ids =
        byAge
            ? older(owner, request.getNeedDeleteTime())
            : request.getConversationIDsList().stream().map(ConversationId::new).toList();
    settings.remove(owner, ids, clock.millis());
    caches.invalidate(owner);
    return DeleteConversationsResp.getDefaultInstance();
  }

  /** Those whose newest message is older; those without messages stay. */
  private List<ConversationId> older(UserId owner, long days) {
    long before = clock.millis() - Duration.ofDays(Math.min(days, 36_500)).toMillis();
    Map<String, Seqs> seqs =
        messages.seqs(owner, store.ids(owner).stream().map(ConversationId::value).toList());
    return seqs.entrySet().stream()
        .filter(entry -> entry.getValue().getMaxSeq() > 0)
        .filter(entry -> entry.getValue().getMaxSeqTime() < before)
        .map(entry -> new ConversationId(entry.getKey()))
        .toList();
  }
}
