package im.hongyan.client.fake;

import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.wire.id.ConversationId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One to one messages with their seqs. Safe for use by several threads. */
final class FakeLog {
  private final Map<String, List<MsgData>> messages = new HashMap<>();

  static String conversation(MsgData message) {
    return ConversationId.single(message.getSendID(), message.getRecvID()).value();
  }

  synchronized MsgData append(MsgData message) {
    List<MsgData> log = messages.computeIfAbsent(conversation(message), _ -> new ArrayList<>());
    MsgData stored = message.toBuilder().setSeq(log.size() + 1L).build();
    log.add(stored);
    return stored;
  }

  synchronized List<MsgData> all(String conversationId) {
    return List.copyOf(messages.getOrDefault(conversationId, List.of()));
  }

  synchronized Map<String, Long> maxSeqs(String userId) {
    Map<String, Long> maxSeqs = new HashMap<>();
    messages.forEach((conversationId, log) -> {
      MsgData first = log.getFirst();
      if (first.getSendID().equals(userId) || first.getRecvID().equals(userId)) {
        maxSeqs.put(conversationId, (long) log.size());
      }
    });
    return maxSeqs;
  }
}
