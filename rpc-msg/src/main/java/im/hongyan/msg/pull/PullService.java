package im.hongyan.msg.pull;

import im.hongyan.msg.pull.LaneReader.Top;
import im.hongyan.msg.relation.Relations;
import im.hongyan.proto.delivery.PushedCopy;
import im.hongyan.proto.msg.ConversationSeqs;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqResp;
import im.hongyan.proto.msg.GetLastMessageResp;
import im.hongyan.proto.msg.GetSeqMessageReq;
import im.hongyan.proto.msg.GetSeqMessageResp;
import im.hongyan.proto.msg.Seqs;
import im.hongyan.proto.sdkws.GetMaxSeqResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.PullMessageBySeqsReq;
import im.hongyan.proto.sdkws.PullMessageBySeqsResp;
import im.hongyan.proto.sdkws.PullMsgs;
import im.hongyan.proto.sdkws.PullOrder;
import im.hongyan.proto.sdkws.SeqRange;
import im.hongyan.stores.mysql.HistoryStore.UserSeqs;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.ConversationId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;

/**
 * What readers may see (messaging.md 5): a conversation is left out only for want of right or row;
 * a store that does not answer fails the whole call. Safe for use by several threads; may block.
 */
public final class PullService {
  private static final int MAX_SEQS = 500;
  private static final int MAX_CONVERSATIONS = 1_000;
  private static final int MAX_NEWEST = 200;
  private static final int MAX_NEWEST_BYTES = 4 << 20;
  private static final long WAIT_FOR_END_NANOS = 1_000_000_000;

  private final LaneReader lanes;
  private final Relations relations;

  /** Creates a service. */
  public PullService(LaneReader lanes, Relations relations) {
    this.lanes = lanes;
    this.relations = relations;
  }

  /** Request 1001: the highest seq of each conversation and of its notification twin. */
  public GetMaxSeqResp maxSeqs(String userId) {
    GetMaxSeqResp.Builder answer = GetMaxSeqResp.newBuilder();
    lanes.tops(conversations(userId)).forEach((id, top) -> answer.putMaxSeqs(id, top.seq()));
    return answer.build();
  }

  /** The user's chat conversations and their notification twins. */
  private Set<String> conversations(String userId) {
    Set<String> ids = new LinkedHashSet<>();
    for (String id : relations.conversationIds(userId)) {
      ids.add(id);
      ids.add(new ConversationId(id).notificationTwin().value());
    }
    ids.add(ConversationId.selfNotification(userId).value());
    return ids;
  }

  /**
   * What a connecting client may have missed: the newest readable message of each conversation that
   * has one since then, the newest conversation first, at most 200 and 4 MiB of them. Where there
   * is none, this costs what 1001 costs.
   */
  public List<PushedCopy> newest(String userId, long sinceMillis) {
    Map<String, Top> tops = new HashMap<>(lanes.tops(conversations(userId)));
    tops.values().removeIf(top -> top.sendTimeMillis() < sinceMillis);
    List<String> ids =
        tops.entrySet().stream()
            .sorted(
                Map.Entry.comparingByValue(
                    Comparator.comparingLong(Top::sendTimeMillis).reversed()))
            .limit(MAX_NEWEST)
            .map(Map.Entry::getKey)
            .toList();
    Map<String, UserSeqs> users = lanes.userSeqs(userId, ids);
    List<PushedCopy> newest = new ArrayList<>();
    int bytes = 0;
    for (String id : ids) {
      Optional<Bounds> bounds =
          window(userId, id, users.getOrDefault(id, UserSeqs.NONE))
              .map(window -> window.below(tops.getOrDefault(id, Top.NONE).seq()));
      if (bounds.isEmpty() || !bounds.get().contains(bounds.get().upper())) {
        continue;
      }
      MsgData message = lanes.message(id, bounds.get().upper());
      bytes += message.getSerializedSize();
      if (message.getSendTime() >= sinceMillis && bytes <= MAX_NEWEST_BYTES) {
        newest.add(
            PushedCopy.newBuilder()
                .setConversationId(id)
                .setMessage(message.toByteString())
                .setSeq(message.getSeq())
                .build());
      }
    }
    return newest;
  }

  /** Request 1002: the newest messages of ranges. */
  public PullMessageBySeqsResp byRanges(PullMessageBySeqsReq request) {
    requireAtMost(request.getSeqRangesCount(), MAX_CONVERSATIONS);
    PullMessageBySeqsResp.Builder answer = PullMessageBySeqsResp.newBuilder();
    AnswerSize size = new AnswerSize(request.getSeqRangesCount());
    long deadlineNanos = System.nanoTime() + WAIT_FOR_END_NANOS;
    for (SeqRange range : request.getSeqRangesList()) {
      String id = range.getConversationID();
      Optional<Bounds> bounds = bounds(request.getUserID(), id, range.getEnd(), deadlineNanos);
      if (bounds.isEmpty()) {
        continue;
      }
      boolean notification = new ConversationId(id).isNotification();
      List<Long> seqs = selected(range, bounds.get(), notification);
      List<MsgData> fitting = size.last(id, ordered(id, seqs));
      if (fitting.isEmpty()) {
        continue;
      }
      boolean ascending = request.getOrder() == PullOrder.PullOrderAsc;
      PullMsgs messages =
          PullMsgs.newBuilder()
              .addAllMsgs(fitting)
              .setIsEnd(
                  ascending
                      ? bounds.get().upper() <= range.getEnd()
                      : range.getBegin() <= bounds.get().lower())
              .build();
      if (notification) {
        answer.putNotificationMsgs(id, messages);
      } else {
        answer.putMsgs(id, messages);
      }
    }
    return answer.build();
  }

  private static List<Long> selected(SeqRange range, Bounds bounds, boolean notification) {
    long begin = Math.max(1, Math.max(range.getBegin(), bounds.lower()));
    long end = Math.min(range.getEnd(), bounds.upper());
    long most = notification ? MAX_SEQS : Math.min(range.getNum(), MAX_SEQS);
    if (end < begin || most <= 0) {
      return List.of();
    }
    return LongStream.rangeClosed(Math.max(begin, end - most + 1), end).boxed().toList();
  }

  /** Request 1005: messages by seq, in the order asked. */
  public GetSeqMessageResp bySeqs(GetSeqMessageReq request) {
    requireAtMost(request.getConversationsCount(), MAX_CONVERSATIONS);
    boolean ascending = request.getOrder() == PullOrder.PullOrderAsc;
    AnswerSize size = new AnswerSize(request.getConversationsCount());
    GetSeqMessageResp.Builder answer = GetSeqMessageResp.newBuilder();
    for (ConversationSeqs asked : request.getConversationsList()) {
      requireAtMost(asked.getSeqsCount(), MAX_SEQS);
      String id = asked.getConversationID();
      Bounds bounds =
          bounds(request.getUserID(), id)
              .orElseThrow(() -> ImError.NO_PERMISSION.with("not in conversation " + id));
      List<Long> wanted = asked.getSeqsList().stream().filter(seq -> seq > 0).toList();
      List<MsgData> found = ordered(id, wanted.stream().filter(bounds::contains).toList());
      // Next to what the client has: it pages from there, and asks in ascending order either way.
      List<MsgData> fitting = ascending ? size.first(id, found) : size.last(id, found);
      PullMsgs.Builder messages = PullMsgs.newBuilder().addAllMsgs(fitting);
      // What was cut is to be asked for again, so that the end is not reached yet.
      boolean whole = fitting.size() == found.size();
      if (whole && !ascending && wanted.stream().anyMatch(seq -> seq < bounds.lower())) {
        messages.setIsEnd(true).setEndSeq(bounds.lower());
      }
      if (whole && ascending && wanted.stream().anyMatch(seq -> seq > bounds.upper())) {
        messages.setIsEnd(true).setEndSeq(bounds.upper());
      }
      if (new ConversationId(id).isNotification()) {
        answer.putNotificationMsgs(id, messages.build());
      } else {
        answer.putMsgs(id, messages.build());
      }
    }
    return answer.build();
  }

  private List<MsgData> ordered(String conversationId, List<Long> seqs) {
    Map<Long, MsgData> found = lanes.messages(conversationId, seqs);
    List<MsgData> messages = new ArrayList<>();
    for (Long seq : seqs) {
      MsgData message = found.get(seq);
      if (message != null) {
        messages.add(message);
      }
    }
    return messages;
  }

  /** Request 1006: how far the user has read, and how far there is to read. */
  public GetConversationsHasReadAndMaxSeqResp readAndMax(
      String userId, Collection<String> asked, boolean pinned) {
    requireAtMost(asked.size(), MAX_CONVERSATIONS);
    List<String> own = relations.conversationIds(userId);
    Collection<String> ids =
        asked.isEmpty() ? own : asked.stream().filter(Set.copyOf(own)::contains).toList();
    Map<String, Top> tops = lanes.tops(ids);
    Map<String, Long> reads = lanes.reads(userId, ids);
    Map<String, UserSeqs> users = lanes.userSeqs(userId, ids);
    GetConversationsHasReadAndMaxSeqResp.Builder answer =
        GetConversationsHasReadAndMaxSeqResp.newBuilder();
    for (String id : ids) {
      Top top = tops.getOrDefault(id, Top.NONE);
      long bound = users.getOrDefault(id, UserSeqs.NONE).maxSeq();
      long max = bound > 0 ? bound : top.seq();
      answer.putSeqs(
          id,
          Seqs.newBuilder()
              .setMaxSeq(max)
              // History may know of a message of the reader's own that is not visible yet.
              .setHasReadSeq(Math.min(max, reads.getOrDefault(id, 0L)))
              .setMaxSeqTime(top.sendTimeMillis())
              .build());
    }
    if (pinned) {
      answer.addAllPinnedConversationIDs(relations.pinnedIds(userId));
    }
    return answer.build();
  }

  /** Request 1007: the newest readable message of each conversation. */
  public GetLastMessageResp lastMessages(String userId, List<String> conversationIds) {
    requireAtMost(conversationIds.size(), MAX_CONVERSATIONS);
    GetLastMessageResp.Builder answer = GetLastMessageResp.newBuilder();
    for (String id : conversationIds) {
      bounds(userId, id)
          .filter(bounds -> bounds.upper() >= Math.max(1, bounds.lower()))
          .ifPresent(bounds -> answer.putMsgs(id, lanes.message(id, bounds.upper())));
    }
    return answer.build();
  }

  private Optional<Bounds> bounds(String userId, String conversationId) {
    return bounds(userId, conversationId, 0, System.nanoTime());
  }

  /**
   * What the user may read; empty when the user does not take part.
   *
   * @param wanted seq that the highest one is waited for to reach, until the deadline: a client may
   *     know more than Redis shows just now
   */
  private Optional<Bounds> bounds(
      String userId, String conversationId, long wanted, long deadlineNanos) {
    UserSeqs user =
        lanes.userSeqs(userId, List.of(conversationId)).getOrDefault(conversationId, UserSeqs.NONE);
    return window(userId, conversationId, user)
        .map(window -> window.below(lanes.top(conversationId, wanted, deadlineNanos).seq()));
  }

  /** Where the user may read, whatever there is to read (messaging.md 5.2, 10.2/13). */
  private Optional<Bounds> window(String userId, String conversationId, UserSeqs user) {
    ConversationId id = new ConversationId(conversationId);
    if (id.isNotification()) {
      return takesPart(userId, id)
          ? Optional.of(Bounds.window(user.minSeq(), user.maxSeq()))
          : Optional.empty();
    }
    return relations
        .conversation(userId, conversationId)
        .map(row ->
            Bounds.window(
                Math.max(user.minSeq(), row.getMinSeq()),
                Math.max(user.maxSeq(), row.getMaxSeq())));
  }

  /**
   * Whether a notification conversation is the user's: the pair names the user on one side, and the
   * sides are in the order that the id of just this pair has.
   */
  private static boolean takesPart(String userId, ConversationId id) {
    String pair = id.key();
    String prefix = userId + "_";
    String suffix = "_" + userId;
    boolean first =
        pair.startsWith(prefix)
            && ConversationId.pair(userId, pair.substring(prefix.length())).equals(pair);
    boolean second =
        pair.endsWith(suffix)
            && ConversationId.pair(pair.substring(0, pair.length() - suffix.length()), userId)
                .equals(pair);
    return first || second;
  }

  private static void requireAtMost(int count, int most) {
    if (count > most) {
      throw ImError.ARGS.with("more than " + most + " at once");
    }
  }
}
