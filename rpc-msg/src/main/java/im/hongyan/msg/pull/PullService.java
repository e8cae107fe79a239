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
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.ConversationId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
  private final UserReader reader;
  private final MessageRenderer elements;
  private final Relations relations;

  /** Creates a service. */
  public PullService(LaneReader lanes, UserReader reader, Relations relations) {
    this.lanes = lanes;
    this.reader = reader;
    this.relations = relations;
    elements = new MessageRenderer(reader);
  }

  /**
   * Request 1001: the highest seq of each conversation and of its notification twin that the user
   * may read.
   */
  public GetMaxSeqResp maxSeqs(String userId) {
    GetMaxSeqResp.Builder answer = GetMaxSeqResp.newBuilder();
    reader
        .accesses(userId, conversations(userId))
        .forEach((id, access) -> {
          if (access.takesPart() && access.max() > 0) {
            answer.putMaxSeqs(id, access.max());
          }
        });
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
    Map<String, ConversationAccess> accesses = reader.accesses(userId, ids);
    List<PushedCopy> newest = new ArrayList<>();
    int bytes = 0;
    for (String id : ids) {
      ConversationAccess access = Objects.requireNonNull(accesses.get(id));
      if (!access.takesPart()) {
        continue;
      }
      Optional<MsgData> message = newest(userId, id, access);
      bytes += message.map(MsgData::getSerializedSize).orElse(0);
      if (bytes > MAX_NEWEST_BYTES) {
        break;
      }
      message
          .filter(found -> found.getSendTime() >= sinceMillis)
          .ifPresent(found -> newest.add(pushed(id, found)));
    }
    return newest;
  }

  private Optional<MsgData> newest(String userId, String id, ConversationAccess access) {
    return elements.newest(userId, id, access.bounds(), access.top().seq());
  }

  private static PushedCopy pushed(String conversationId, MsgData message) {
    return PushedCopy.newBuilder()
        .setConversationId(conversationId)
        .setMessage(message.toByteString())
        .setSeq(message.getSeq())
        .build();
  }

  /** Request 1002: the newest messages of ranges. */
  public PullMessageBySeqsResp byRanges(PullMessageBySeqsReq request) {
    requireAtMost(request.getSeqRangesCount(), MAX_CONVERSATIONS);
    PullMessageBySeqsResp.Builder answer = PullMessageBySeqsResp.newBuilder();
    ResponseBudget size = new ResponseBudget(request.getSeqRangesCount());
    long deadlineNanos = System.nanoTime() + WAIT_FOR_END_NANOS;
    String userId = request.getUserID();
    Map<String, ConversationAccess> accesses =
        reader.accesses(
            userId,
            request.getSeqRangesList().stream()
                .map(SeqRange::getConversationID)
                .distinct()
                .toList());
    for (SeqRange range : request.getSeqRangesList()) {
      String id = range.getConversationID();
      ConversationAccess known = Objects.requireNonNull(accesses.get(id));
      if (!known.takesPart()) {
        continue;
      }
      ConversationAccess access = reaching(id, known, range.getEnd(), deadlineNanos);
      Bounds bounds = access.bounds();
      boolean notification = new ConversationId(id).isNotification();
      List<Long> seqs = selected(range, bounds, notification);
      List<MsgData> found = elements.of(userId, id, seqs, access.top().seq());
      List<MsgData> fitting = size.last(id, found);
      if (fitting.isEmpty()) {
        continue;
      }
      boolean ascending = request.getOrder() == PullOrder.PullOrderAsc;
      PullMsgs messages =
          PullMsgs.newBuilder()
              .addAllMsgs(fitting)
              .setIsEnd(
                  ascending ? bounds.upper() <= range.getEnd() : range.getBegin() <= bounds.lower())
              .build();
      if (notification) {
        answer.putNotificationMsgs(id, messages);
      } else {
        answer.putMsgs(id, messages);
      }
    }
    return answer.build();
  }

  /** Waits for a seq that a client knows and Redis does not show just now. */
  private ConversationAccess reaching(
      String id, ConversationAccess known, long end, long deadlineNanos) {
    long wanted = Math.min(end, known.cap());
    return known.top().seq() >= wanted ? known : known.at(lanes.top(id, wanted, deadlineNanos));
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
    ResponseBudget size = new ResponseBudget(request.getConversationsCount());
    GetSeqMessageResp.Builder answer = GetSeqMessageResp.newBuilder();
    String userId = request.getUserID();
    Map<String, ConversationAccess> accesses =
        reader.accesses(
            userId,
            request.getConversationsList().stream()
                .map(ConversationSeqs::getConversationID)
                .distinct()
                .toList());
    for (ConversationSeqs asked : request.getConversationsList()) {
      requireAtMost(asked.getSeqsCount(), MAX_SEQS);
      String id = asked.getConversationID();
      ConversationAccess access = Objects.requireNonNull(accesses.get(id));
      if (!access.takesPart()) {
        throw ImError.NO_PERMISSION.with("not in conversation " + id);
      }
      Bounds bounds = access.bounds();
      List<Long> wanted = asked.getSeqsList().stream().filter(seq -> seq > 0).toList();
      List<Long> readable = wanted.stream().filter(bounds::contains).toList();
      List<MsgData> found = elements.of(userId, id, readable, access.top().seq());
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

  /** Request 1006: how far the user has read, and how far there is to read. */
  public GetConversationsHasReadAndMaxSeqResp readAndMax(
      String userId, Collection<String> asked, boolean pinned) {
    requireAtMost(asked.size(), MAX_CONVERSATIONS);
    Collection<String> ids = asked.isEmpty() ? relations.conversationIds(userId) : asked;
    GetConversationsHasReadAndMaxSeqResp.Builder answer =
        GetConversationsHasReadAndMaxSeqResp.newBuilder();
    Collection<String> once = new LinkedHashSet<>(ids);
    reader
        .accesses(userId, once)
        .forEach((id, access) ->
            answer.putSeqs(
                id,
                access.takesPart() && !new ConversationId(id).isNotification()
                    ? seqs(access)
                    : Seqs.getDefaultInstance()));
    if (pinned) {
      answer.addAllPinnedConversationIDs(relations.pinnedIds(userId));
    }
    return answer.build();
  }

  private static Seqs seqs(ConversationAccess access) {
    return Seqs.newBuilder()
        .setMaxSeq(access.max())
        .setHasReadSeq(access.visibleRead())
        .setMaxSeqTime(access.top().sendTimeMillis())
        .build();
  }

  /** Request 1007: the newest readable message of each conversation that still exists. */
  public GetLastMessageResp lastMessages(String userId, List<String> conversationIds) {
    requireAtMost(conversationIds.size(), MAX_CONVERSATIONS);
    GetLastMessageResp.Builder answer = GetLastMessageResp.newBuilder();
    reader
        .accesses(userId, new LinkedHashSet<>(conversationIds))
        .forEach((id, access) -> {
          if (access.takesPart()) {
            newest(userId, id, access).ifPresent(message -> answer.putMsgs(id, message));
          }
        });
    return answer.build();
  }

  private static void requireAtMost(int count, int most) {
    if (count > most) {
      throw ImError.ARGS.with("more than " + most + " at once");
    }
  }
}
