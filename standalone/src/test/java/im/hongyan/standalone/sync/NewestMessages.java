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
 * The newest message of each conversation, as the message side of a synchronisation pulls it: 1001,
 * 1002 and, where it is deleted, 1007 (client-sync.md 4.1, 4.2). Used by one thread at a time.
 */
final class NewestMessages {
  private static final int CONVERSATIONS_PER_PULL = 100;
  private static final int TEXT = 101;

  /** Messages from this status on are deleted or placeholders. */
  private static final int DELETED = 4;

  private final Map<String, Long> synced = new HashMap<>();
  private final Map<String, MsgData> newest = new HashMap<>();

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
        ranges.add(
            SeqRange.newBuilder()
                .setConversationID(conversation)
                .setBegin(known == 0 ? 0 : known + 1)
                .setEnd(seq)
                .setNum(1)
                .build());
      }
    });
    for (int from = 0; from < ranges.size(); from += CONVERSATIONS_PER_PULL) {
      int to = Math.min(from + CONVERSATIONS_PER_PULL, ranges.size());
      pullRanges(connection, ranges.subList(from, to));
    }
    synced.putAll(max);
  }

  private void pullRanges(TestUser connection, List<SeqRange> ranges) {
    PullMessageBySeqsResp answer =
        connection.request(
            ReqId.PULL_BY_RANGE,
            PullMessageBySeqsReq.newBuilder()
                .setUserID(connection.id())
                .addAllSeqRanges(ranges)
                .build(),
            PullMessageBySeqsResp.parser());
    List<String> deleted = new ArrayList<>();
    for (Map.Entry<String, PullMsgs> pulled : answer.getMsgsMap().entrySet()) {
      List<MsgData> visible =
          pulled.getValue().getMsgsList().stream()
              .filter(message -> message.getStatus() < DELETED)
              .toList();
      if (visible.isEmpty()) {
        deleted.add(pulled.getKey());
      } else {
        newest.put(pulled.getKey(), visible.getLast());
      }
    }
    if (!deleted.isEmpty()) {
      newest.putAll(
          connection
              .request(
                  ReqId.LAST_MESSAGE,
                  GetLastMessageReq.newBuilder()
                      .setUserID(connection.id())
                      .addAllConversationIDs(deleted)
                      .build(),
                  GetLastMessageResp.parser())
              .getMsgsMap());
    }
  }

  /** The text of a conversation's newest message, else its content type; empty without one. */
  String newest(String conversation) {
    MsgData message = newest.get(conversation);
    if (message == null) {
      return "";
    }
    return message.getContentType() == TEXT
        ? message.getContent().toStringUtf8()
        : String.valueOf(message.getContentType());
  }
}
