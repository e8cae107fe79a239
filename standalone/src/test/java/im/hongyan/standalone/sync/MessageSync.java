package im.hongyan.standalone.sync;

import im.hongyan.client.session.ReqId;
import im.hongyan.proto.msg.GetLastMessageReq;
import im.hongyan.proto.msg.GetLastMessageResp;
import im.hongyan.proto.sdkws.GetMaxSeqReq;
import im.hongyan.proto.sdkws.GetMaxSeqResp;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.PullMessageBySeqsReq;
import im.hongyan.proto.sdkws.PullMessageBySeqsResp;
import im.hongyan.proto.sdkws.PullMsgs;
import im.hongyan.proto.sdkws.SeqRange;
import im.hongyan.testkit.system.TestUser;
import im.hongyan.wire.id.ConversationId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The message side of a synchronisation: after a login the newest message of each conversation and
 * all notifications since the last visit, by 1001, 1002 and, where the newest is deleted, 1007
 * (client-sync.md 4.1, 4.2); then what is pushed, with the gaps that it leaves (5.3). Used by one
 * thread at a time.
 */
final class MessageSync {
  private static final int CONVERSATIONS_PER_PULL = 100;

  /** Messages of a gap that are pulled at once; older ones when the conversation is opened. */
  private static final int MESSAGES_PER_GAP = 10;

  private final MessageTable table;
  private final ReadPositions positions;
  private final TipsHandler tips;
  private final Map<String, Long> synced = new HashMap<>();

  MessageSync(MessageTable table, ReadPositions positions, TipsHandler tips) {
    this.table = table;
    this.positions = positions;
    this.tips = tips;
  }

  /**
   * Pulls what is newer than what is known.
   *
   * @param first whether the database is empty: notifications are then not replayed
   */
  void pull(TestUser connection, boolean first) {
    Map<String, Long> max =
        connection
            .request(
                ReqId.GET_MAX_SEQ,
                GetMaxSeqReq.newBuilder().setUserID(connection.id()).build(),
                GetMaxSeqResp.parser())
            .getMaxSeqsMap();
    List<SeqRange> ranges = new ArrayList<>();
    max.forEach((conversation, seq) -> {
      long known = synced.getOrDefault(conversation, 0L);
      boolean skipped = first && new ConversationId(conversation).isNotification();
      if (seq > known && !skipped) {
        ranges.add(range(conversation, known == 0 ? 0 : known + 1, seq, 1));
      }
    });
    for (int from = 0; from < ranges.size(); from += CONVERSATIONS_PER_PULL) {
      int to = Math.min(from + CONVERSATIONS_PER_PULL, ranges.size());
      pullNewest(connection, ranges.subList(from, to));
    }
    max.forEach((conversation, seq) -> synced.merge(conversation, seq, Math::max));
  }

  /** Takes a message that was pushed, or pulls what lies before it. */
  void take(TestUser connection, TestUser.Pushed pushed) {
    String conversation = pushed.conversationId();
    MsgData message = pushed.message();
    long known = synced.getOrDefault(conversation, 0L);
    boolean notification = new ConversationId(conversation).isNotification();
    if (message.getSeq() == 0) {
      if (notification) {
        tips.handle(connection, message);
      }
      return;
    }
    if (message.getSeq() <= known) {
      return;
    }
    if (message.getSeq() == known + 1) {
      accept(connection, conversation, message);
    } else {
      pulled(
              connection,
              List.of(range(conversation, known + 1, message.getSeq(), MESSAGES_PER_GAP)))
          .forEach(
              (id, found) -> found.getMsgsList().forEach(each -> accept(connection, id, each)));
    }
    synced.put(conversation, message.getSeq());
  }

  private void accept(TestUser connection, String conversation, MsgData message) {
    if (!new ConversationId(conversation).isNotification()) {
      table.add(conversation, message);
      if (message.getSendID().equals(connection.id())) {
        positions.raise(conversation, message.getSeq());
      }
    } else if (MessageTable.isVisible(message)) {
      tips.handle(connection, message);
    }
  }

  private static SeqRange range(String conversation, long begin, long end, int messages) {
    return SeqRange.newBuilder()
        .setConversationID(conversation)
        .setBegin(begin)
        .setEnd(end)
        .setNum(messages)
        .build();
  }

  /** What ranges hold, of chats and of notifications. */
  private static Map<String, PullMsgs> pulled(TestUser connection, List<SeqRange> ranges) {
    PullMessageBySeqsResp answer =
        connection.request(
            ReqId.PULL_BY_RANGE,
            PullMessageBySeqsReq.newBuilder()
                .setUserID(connection.id())
                .addAllSeqRanges(ranges)
                .build(),
            PullMessageBySeqsResp.parser());
    Map<String, PullMsgs> all = new HashMap<>(answer.getMsgsMap());
    all.putAll(answer.getNotificationMsgsMap());
    return all;
  }

  private void pullNewest(TestUser connection, List<SeqRange> ranges) {
    List<String> deleted = new ArrayList<>();
    pulled(connection, ranges)
        .forEach((conversation, found) -> {
          found.getMsgsList().forEach(message -> accept(connection, conversation, message));
          if (!new ConversationId(conversation).isNotification()
              && found.getMsgsList().stream().noneMatch(MessageTable::isVisible)) {
            deleted.add(conversation);
          }
        });
    if (!deleted.isEmpty()) {
      connection
          .request(
              ReqId.LAST_MESSAGE,
              GetLastMessageReq.newBuilder()
                  .setUserID(connection.id())
                  .addAllConversationIDs(deleted)
                  .build(),
              GetLastMessageResp.parser())
          .getMsgsMap()
          .forEach(table::add);
    }
  }
}
