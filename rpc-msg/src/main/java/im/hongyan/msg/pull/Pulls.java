package im.hongyan.msg.pull;

import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Reply;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.msg.relation.Relations;
import im.hongyan.proto.msg.ConversationSeqs;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqReq;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqResp;
import im.hongyan.proto.msg.GetLastMessageReq;
import im.hongyan.proto.msg.GetLastMessageResp;
import im.hongyan.proto.msg.GetSeqMessageReq;
import im.hongyan.proto.msg.GetSeqMessageResp;
import im.hongyan.proto.msg.Seqs;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.sdkws.GetMaxSeqReq;
import im.hongyan.proto.sdkws.GetMaxSeqResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.PullMessageBySeqsReq;
import im.hongyan.proto.sdkws.PullMessageBySeqsResp;
import im.hongyan.proto.sdkws.PullMsgs;
import im.hongyan.proto.sdkws.PullOrder;
import im.hongyan.proto.sdkws.SeqRange;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.UserId;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/**
 * What readers may see (messaging.md 5): a conversation is left out only for want of right or row;
 * a store that does not answer fails the whole call. Safe for use by several threads; may block.
 */
public final class Pulls implements Feature {
  private static final int MAX_SEQS = 500;

  /** Seqs and times of a conversation. */
  private static final int SEQS_BYTES = 48;

  /** All of a range that fit, since clients ask for none of them again (messaging.md 5.2). */
  private static final int MAX_NOTIFICATIONS = 10_000;

  private final LaneReader lanes;
  private final UserReader reader;
  private final MessageRenderer renderer;
  private final Relations relations;
  private final SeqWaits waits;

  public Pulls(LaneReader lanes, UserReader reader, Relations relations, SeqWaits waits) {
    this.waits = waits;
    this.lanes = lanes;
    this.reader = reader;
    this.relations = relations;
    renderer = new MessageRenderer(reader);
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(msgGrpc.getGetMaxSeqMethod(), this::maxSeqs);
    rpcs.waiting(msgGrpc.getPullMessageBySeqsMethod(), this::byRanges);
    rpcs.waiting(msgGrpc.getGetSeqMessageMethod(), this::bySeqs);
    rpcs.unary(msgGrpc.getGetConversationsHasReadAndMaxSeqMethod(), this::readAndMax);
    rpcs.unary(msgGrpc.getGetLastMessageMethod(), this::lastMessages);
  }

  /**
   * Request 1001: the highest seq of each conversation and of its notification twin that the user
   * may read.
   */
  private GetMaxSeqResp maxSeqs(Caller caller, GetMaxSeqReq request) {
    UserId user = new UserId(request.getUserID());
    GetMaxSeqResp.Builder answer = GetMaxSeqResp.newBuilder();
    ResponseBudget budget = ResponseBudget.ofCall(1);
    newestFirst(reader.accesses(user, relations.conversationsWithTwins(user)))
        .filter(entry -> entry.getValue().takesPart() && entry.getValue().max() > 0)
        .takeWhile(entry -> budget.takes(entry.getKey(), SEQS_BYTES))
        .forEach(entry -> answer.putMaxSeqs(entry.getKey(), entry.getValue().max()));
    return answer.build();
  }

  /** Where not all fit into an answer, those count that something was sent into last. */
  private static Stream<Map.Entry<String, ConversationAccess>> newestFirst(
      Map<String, ConversationAccess> accesses) {
    return accesses.entrySet().stream()
        .sorted(
            Map.Entry.comparingByValue(
                Comparator.comparingLong(
                        (ConversationAccess access) -> access.top().sendTimeMillis())
                    .reversed()));
  }

  /** Request 1002: the newest messages of ranges. */
  private Reply<PullMessageBySeqsResp> byRanges(Caller caller, PullMessageBySeqsReq request) {
    UserId user = new UserId(request.getUserID());
    Map<String, ConversationAccess> accesses =
        reader.accesses(
            user,
            request.getSeqRangesList().stream()
                .map(SeqRange::getConversationID)
                .distinct()
                .toList());
    Map<String, Long> ends = new HashMap<>();
    request
        .getSeqRangesList()
        .forEach(range -> ends.merge(range.getConversationID(), range.getEnd(), Math::max));
    return reaching(user, accesses, ends, known -> byRanges(user, request, known));
  }

  /**
   * Waits for seqs that a client knows and Redis does not show just now, where there are such.
   *
   * @param ends the last seq that is asked for, by conversation
   */
  private <B> Reply<B> reaching(
      UserId user,
      Map<String, ConversationAccess> accesses,
      Map<String, Long> ends,
      Function<Map<String, ConversationAccess>, B> answer) {
    Map<String, Long> wanted = new HashMap<>();
    accesses.forEach((id, access) -> {
      long end = Math.min(ends.getOrDefault(id, 0L), access.cap());
      if (access.takesPart() && end > access.top().seq()) {
        wanted.put(id, end);
      }
    });
    if (wanted.isEmpty()) {
      return new Reply.Now<>(answer.apply(accesses));
    }
    String connection = CallContext.current().connId();
    return waits
        .until(connection.isEmpty() ? user.value() : connection, wanted)
        .<Reply<B>>map(
            visible -> new Reply.After<>(visible, () -> answer.apply(newer(accesses, wanted))))
        .orElseGet(() -> new Reply.Now<>(answer.apply(accesses)));
  }

  private Map<String, ConversationAccess> newer(
      Map<String, ConversationAccess> accesses, Map<String, Long> wanted) {
    Map<String, ConversationAccess> now = new HashMap<>(accesses);
    lanes
        .tops(wanted.keySet())
        .forEach((id, top) -> now.computeIfPresent(id, (_, access) -> access.at(top)));
    return now;
  }

  private PullMessageBySeqsResp byRanges(
      UserId user, PullMessageBySeqsReq request, Map<String, ConversationAccess> accesses) {
    PullMessageBySeqsResp.Builder answer = PullMessageBySeqsResp.newBuilder();
    FittingMessages fit =
        new FittingMessages(renderer, ResponseBudget.ofCall(request.getSeqRangesCount()), user);
    for (SeqRange range : request.getSeqRangesList()) {
      String id = range.getConversationID();
      ConversationAccess access = Objects.requireNonNull(accesses.get(id));
      if (!access.takesPart()) {
        continue;
      }
      Bounds bounds = access.bounds();
      boolean notification = new ConversationId(id).isNotification();
      List<Long> seqs = selected(range, bounds, notification);
      List<MsgData> fitting = fit.last(id, seqs, access.top().seq());
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

  private static List<Long> selected(SeqRange range, Bounds bounds, boolean notification) {
    long begin = Math.max(1, Math.max(range.getBegin(), bounds.lower()));
    long end = Math.min(range.getEnd(), bounds.upper());
    long most = notification ? MAX_NOTIFICATIONS : Math.min(range.getNum(), MAX_SEQS);
    if (end < begin || most <= 0) {
      return List.of();
    }
    return LongStream.rangeClosed(Math.max(begin, end - most + 1), end).boxed().toList();
  }

  /** Request 1005: messages by seq, in the order asked. */
  private Reply<GetSeqMessageResp> bySeqs(Caller caller, GetSeqMessageReq request) {
    UserId user = new UserId(request.getUserID());
    Map<String, ConversationAccess> accesses =
        reader.accesses(
            user,
            request.getConversationsList().stream()
                .map(ConversationSeqs::getConversationID)
                .distinct()
                .toList());
    Map<String, Long> ends = new HashMap<>();
    for (ConversationSeqs asked : request.getConversationsList()) {
      String id = asked.getConversationID();
      if (asked.getSeqsCount() > MAX_SEQS) {
        throw ImError.ARGS.with("more than " + MAX_SEQS + " at once");
      }
      if (!Objects.requireNonNull(accesses.get(id)).takesPart()) {
        throw ImError.NO_PERMISSION.with("not in conversation " + id);
      }
      asked.getSeqsList().forEach(seq -> ends.merge(id, seq, Math::max));
    }
    return reaching(user, accesses, ends, known -> bySeqs(user, request, known));
  }

  private GetSeqMessageResp bySeqs(
      UserId user, GetSeqMessageReq request, Map<String, ConversationAccess> accesses) {
    boolean ascending = request.getOrder() == PullOrder.PullOrderAsc;
    FittingMessages fit =
        new FittingMessages(renderer, ResponseBudget.ofCall(request.getConversationsCount()), user);
    GetSeqMessageResp.Builder answer = GetSeqMessageResp.newBuilder();
    for (ConversationSeqs asked : request.getConversationsList()) {
      String id = asked.getConversationID();
      ConversationAccess access = Objects.requireNonNull(accesses.get(id));
      Bounds bounds = access.bounds();
      List<Long> wanted = asked.getSeqsList().stream().filter(seq -> seq > 0).toList();
      List<Long> readable = wanted.stream().filter(bounds::contains).toList();
      long top = access.top().seq();
      // Next to what the client has: it pages from there, and asks in ascending order either way.
      List<MsgData> fitting =
          ascending ? fit.first(id, readable, top) : fit.last(id, readable, top);
      PullMsgs.Builder messages = PullMsgs.newBuilder().addAllMsgs(fitting);
      // What was cut is to be asked for again, so that the end is not reached yet.
      boolean whole = fitting.size() == readable.size();
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
  private GetConversationsHasReadAndMaxSeqResp readAndMax(
      Caller caller, GetConversationsHasReadAndMaxSeqReq request) {
    UserId user = new UserId(request.getUserID());
    Collection<String> ids =
        request.getConversationIDsCount() == 0
            ? relations.conversationIds(user)
            : request.getConversationIDsList();
    GetConversationsHasReadAndMaxSeqResp.Builder answer =
        GetConversationsHasReadAndMaxSeqResp.newBuilder();
    ResponseBudget budget = ResponseBudget.ofCall(1);
    if (request.getReturnPinned()) {
      relations.pinnedIds(user).stream()
          .takeWhile(id -> budget.takes(id, 0))
          .forEach(answer::addPinnedConversationIDs);
    }
    newestFirst(reader.accesses(user, new LinkedHashSet<>(ids)))
        .takeWhile(entry -> budget.takes(entry.getKey(), SEQS_BYTES))
        .forEach(entry -> answer.putSeqs(entry.getKey(), seqs(entry.getKey(), entry.getValue())));
    return answer.build();
  }

  private static Seqs seqs(String id, ConversationAccess access) {
    if (!access.takesPart() || new ConversationId(id).isNotification()) {
      return Seqs.getDefaultInstance();
    }
    return Seqs.newBuilder()
        .setMaxSeq(access.max())
        .setHasReadSeq(access.visibleRead())
        .setMaxSeqTime(access.top().sendTimeMillis())
        .build();
  }

  /** Request 1007: the newest readable message of each conversation that still exists. */
  private GetLastMessageResp lastMessages(Caller caller, GetLastMessageReq request) {
    UserId user = new UserId(request.getUserID());
    GetLastMessageResp.Builder answer = GetLastMessageResp.newBuilder();
    ResponseBudget budget = ResponseBudget.ofCall(1);
    for (var entry :
        newestFirst(reader.accesses(user, new LinkedHashSet<>(request.getConversationIDsList())))
            .filter(entry -> entry.getValue().takesPart())
            .toList()) {
      String id = entry.getKey();
      Optional<MsgData> newest = renderer.newest(user, id, entry.getValue());
      if (newest.isPresent() && !budget.takes(id, newest.get().getSerializedSize())) {
        break;
      }
      newest.ifPresent(message -> answer.putMsgs(id, message));
    }
    return answer.build();
  }
}
