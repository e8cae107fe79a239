package im.hongyan.client.fake;

import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.MessageIds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Messages with their seqs, groups and read positions. Safe for use by several threads. */
final class FakeLog {
  private static final int GROUP_CHAT = 3;

  private final Map<String, List<MsgData>> messages = new HashMap<>();
  private final Map<String, Set<String>> groups = new HashMap<>();
  private final Map<String, Long> readPositions = new HashMap<>();
  private boolean deduplicate = true;
  private long clock = 1_000;

  /** A message as it is stored, and whether it was stored before. */
  record Appended(MsgData message, boolean resend) {}

  /** Highest seq of a conversation, and the highest one that a user has read. */
  record Position(long maxSeq, long readSeq) {}

  static String conversation(MsgData message) {
    return message.getSessionType() == GROUP_CHAT
        ? ConversationId.group(message.getGroupID()).value()
        : ConversationId.single(message.getSendID(), message.getRecvID()).value();
  }

  synchronized void deduplicate(boolean on) {
    deduplicate = on;
  }

  synchronized void group(String groupId, Set<String> members) {
    groups.put(ConversationId.group(groupId).value(), Set.copyOf(members));
  }

  /**
   * Stores a message and, unless it was there, has it pushed so often, in the order of the seqs.
   */
  synchronized Appended append(MsgData message, Consumer<MsgData> push, int times) {
    Appended appended = append(message);
    for (int i = 0; !appended.resend() && i < times; i++) {
      push.accept(appended.message());
    }
    return appended;
  }

  private Appended append(MsgData message) {
    String conversation = conversation(message);
    List<MsgData> log = messages.computeIfAbsent(conversation, _ -> new ArrayList<>());
    for (MsgData known : log) {
      if (deduplicate
          && !message.getClientMsgID().isEmpty()
          && known.getClientMsgID().equals(message.getClientMsgID())
          && known.getSendID().equals(message.getSendID())) {
        return new Appended(known, true);
      }
    }
    MsgData stored =
        message.toBuilder()
            .setSeq(log.size() + 1L)
            .setServerMsgID(MessageIds.next())
            .setSendTime(clock++)
            .build();
    log.add(stored);
    read(message.getSendID(), conversation, stored.getSeq());
    return new Appended(stored, false);
  }

  synchronized void read(String userId, String conversationId, long seq) {
    readPositions.merge(userId + " " + conversationId, seq, Math::max);
  }

  /** Everything in a conversation. */
  synchronized List<MsgData> all(String conversationId) {
    return List.copyOf(messages.getOrDefault(conversationId, List.of()));
  }

  /** Everything in a conversation that a user takes part in. */
  synchronized List<MsgData> all(String userId, String conversationId) {
    List<MsgData> log = all(conversationId);
    return !log.isEmpty() && recipients(log.getFirst()).contains(userId) ? log : List.of();
  }

  /** Who gets a message, its sender included. */
  synchronized Set<String> recipients(MsgData message) {
    return message.getSessionType() == GROUP_CHAT
        ? groups.getOrDefault(conversation(message), Set.of())
        : Set.copyOf(List.of(message.getSendID(), message.getRecvID()));
  }

  /** The conversations of a user. */
  synchronized Map<String, Position> positions(String userId) {
    Map<String, Position> positions = new TreeMap<>();
    messages.forEach((id, log) -> {
      if (recipients(log.getFirst()).contains(userId)) {
        long read = readPositions.getOrDefault(userId + " " + id, 0L);
        positions.put(id, new Position(log.size(), read));
      }
    });
    return positions;
  }
}
