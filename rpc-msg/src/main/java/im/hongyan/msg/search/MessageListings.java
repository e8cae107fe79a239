package im.hongyan.msg.search;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.messagelog.search.MessageSearch;
import im.hongyan.messagelog.search.MessageSearch.FactSearch;
import im.hongyan.messagelog.search.MessageSearch.Found;
import im.hongyan.messagelog.search.MessageSearch.Listed;
import im.hongyan.msg.pull.Bounds;
import im.hongyan.msg.pull.StoredMessage;
import im.hongyan.msg.pull.UserReader;
import im.hongyan.msg.relation.Relations;
import im.hongyan.proto.msg.ChatLog;
import im.hongyan.proto.msg.SearchChatLog;
import im.hongyan.proto.msg.SearchMessageReq;
import im.hongyan.proto.msg.SearchMessageResp;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.proto.sdkws.GroupInfo;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.UserInfo;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.SessionType;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lists stored messages by facts, for administrators (rest-message.md 6.2): what was deleted for
 * everybody is left out, what was revoked comes as it was sent. One list is made at a time, since
 * it holds the places of all that fit. Safe for use by several threads; may block.
 */
public final class MessageListings implements Feature {
  private static final Pattern DAY = Pattern.compile("\\d{4}-\\d{2}-\\d{2}");
  private static final int WAIT_SECONDS = 5;
  private static final int MAX_SHOWN = 1_000;

  private final Optional<MessageSearch> index;
  private final UserReader reader;
  private final Relations relations;
  private final Semaphore turn = new Semaphore(1, true);

  /**
   * Creates it.
   *
   * @param index empty where search is switched off
   */
  public MessageListings(Optional<MessageSearch> index, UserReader reader, Relations relations) {
    this.index = index;
    this.reader = reader;
    this.relations = relations;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(msgGrpc.getSearchMessageMethod(), this::list);
  }

  private SearchMessageResp list(Caller caller, SearchMessageReq request) {
    FactSearch facts = facts(request);
    if (facts == null) {
      return SearchMessageResp.getDefaultInstance();
    }
    Listed listed = inTurn(TextSearches.require(index), facts);
    Map<Found, StoredMessage> messages = read(listed.found());
    Names names = names(messages.values().stream().map(StoredMessage::message).toList());
    SearchMessageResp.Builder answer =
        SearchMessageResp.newBuilder()
            .setChatLogsNum((int) Math.min(Integer.MAX_VALUE, listed.total()));
    for (Found place : listed.found()) {
      StoredMessage stored = messages.get(place);
      MsgData message = stored == null ? null : stored.message();
      if (stored != null && message != null) {
        answer.addChatLogs(
            SearchChatLog.newBuilder()
                .setChatLog(chatLog(place, message, names))
                .setIsRevoked(stored.marks().revocation() != null));
      }
    }
    return answer.build();
  }

  /** What is asked for; null where nothing can fit. */
  private static @Nullable FactSearch facts(SearchMessageReq request) {
    long from = 0;
    long to = Long.MAX_VALUE;
    if (!request.getSendTime().isEmpty()) {
      from = day(request.getSendTime()).atStartOfDay().toInstant(ZoneOffset.UTC).toEpochMilli();
      to = from + TimeUnit.DAYS.toMillis(1) - 1;
    }
    int type = request.getSessionType();
    boolean group = type == SessionType.GROUP.number();
    if (type != 0 && type != SessionType.SINGLE.number() && !group) {
      return null;
    }
    int shown = Math.clamp(request.getPagination().getShowNumber(), 0, MAX_SHOWN);
    long before = Math.max(0, request.getPagination().getPageNumber() - 1L);
    return new FactSearch(
        request.getSendID(),
        request.getRecvID(),
        request.getContentType(),
        type == 0 ? null : group,
        from,
        to,
        before * shown,
        shown);
  }

  private static LocalDate day(String text) {
    try {
      if (DAY.matcher(text).matches()) {
        return LocalDate.parse(text);
      }
    } catch (DateTimeException e) {
      throw ImError.ARGS.with("invalid sendTime " + text);
    }
    throw ImError.ARGS.with("invalid sendTime " + text);
  }

  /**
   * Asks the index.
   *
   * @throws ImException 429 when others are before it for too long
   */
  private Listed inTurn(MessageSearch index, FactSearch facts) {
    try {
      if (!turn.tryAcquire(WAIT_SECONDS, TimeUnit.SECONDS)) {
        throw ImError.TOO_MANY_REQUESTS.bare();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw ImError.TOO_MANY_REQUESTS.bare();
    }
    try {
      return index.facts(facts);
    } finally {
      turn.release();
    }
  }

  private Map<Found, StoredMessage> read(List<Found> places) {
    Map<String, List<Found>> byConversation = new LinkedHashMap<>();
    places.forEach(place ->
        byConversation.computeIfAbsent(place.conversationId(), _ -> new ArrayList<>()).add(place));
    var accesses = reader.accesses(UserReader.NOBODY, byConversation.keySet());
    Map<Found, StoredMessage> read = new LinkedHashMap<>();
    byConversation.forEach((id, some) -> {
      Bounds bounds = Objects.requireNonNull(accesses.get(id)).bounds();
      List<Long> seqs = some.stream().map(Found::seq).filter(seq -> seq <= bounds.upper()).toList();
      Map<Long, StoredMessage> page = new HashMap<>();
      page.putAll(
          reader.page(UserReader.NOBODY, id, seqs.stream().filter(bounds::contains).toList()));
      // Cleared for everybody, and stored all the same.
      page.putAll(reader.kept(id, seqs.stream().filter(seq -> seq < bounds.first()).toList()));
      some.forEach(place -> {
        StoredMessage stored = page.get(place.seq());
        if (stored != null) {
          read.put(place, stored);
        }
      });
    });
    return read;
  }

  private record Names(Map<String, UserInfo> users, Map<String, GroupInfo> groups) {}

  private Names names(List<@Nullable MsgData> messages) {
    Set<String> users =
        messages.stream()
            .filter(message -> message != null)
            .flatMap(message ->
                isGroup(message)
                    ? Stream.of(message.getSendID())
                    : Stream.of(message.getSendID(), message.getRecvID()))
            .filter(id -> !id.isEmpty())
            .collect(Collectors.toSet());
    Set<String> groups =
        messages.stream()
            .filter(message -> message != null && isGroup(message))
            .map(MsgData::getGroupID)
            .collect(Collectors.toSet());
    return new Names(relations.users(users), relations.groups(groups));
  }

  private static boolean isGroup(MsgData message) {
    return message.getSessionType() != SessionType.SINGLE.number();
  }

  private static ChatLog chatLog(Found place, MsgData message, Names names) {
    UserInfo sender =
        names.users().getOrDefault(message.getSendID(), UserInfo.getDefaultInstance());
    ChatLog.Builder log =
        ChatLog.newBuilder()
            .setServerMsgID(message.getServerMsgID())
            .setClientMsgID(message.getClientMsgID())
            .setSendID(message.getSendID())
            .setGroupID(message.getGroupID())
            .setSenderPlatformID(message.getSenderPlatformID())
            .setSenderNickname(or(message.getSenderNickname(), sender.getNickname()))
            .setSenderFaceURL(or(message.getSenderFaceURL(), sender.getFaceURL()))
            .setSessionType(message.getSessionType())
            .setMsgFrom(message.getMsgFrom())
            .setContentType(message.getContentType())
            .setContent(message.getContent().toStringUtf8())
            .setStatus(message.getStatus())
            .setSendTime(message.getSendTime())
            .setCreateTime(message.getCreateTime())
            .setEx(message.getEx())
            .setSeq(place.seq());
    if (!isGroup(message)) {
      UserInfo receiver =
          names.users().getOrDefault(message.getRecvID(), UserInfo.getDefaultInstance());
      return log.setRecvID(message.getRecvID()).setRecvNickname(receiver.getNickname()).build();
    }
    GroupInfo group =
        names.groups().getOrDefault(message.getGroupID(), GroupInfo.getDefaultInstance());
    return log.setRecvID(message.getGroupID())
        .setGroupName(group.getGroupName())
        .setGroupMemberCount(group.getMemberCount())
        .setGroupType(group.getGroupType())
        .build();
  }

  private static String or(String stored, String current) {
    return stored.isEmpty() ? current : stored;
  }
}
