package im.hongyan.standalone.sync;

import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.testkit.system.TestUser;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * What a device does with the notifications about messages: 1300, 1703, 2101, 2102 and 2200
 * (notifications.md 7, 8). Others are not its business. Safe for use by several threads.
 */
final class TipsHandler {
  private static final int CONVERSATION_CHANGED = 1300;
  private static final int CLEARED = 1703;
  private static final int REVOKED = 2101;
  private static final int DELETED = 2102;
  private static final int READ = 2200;
  private static final String SINGLE = "si_";

  /** What of it needs routes. */
  interface Reactions {
    /** Brings the list of conversations up to date. */
    void syncConversations();

    /** Sets the read position to the newest seq, as clients do once a conversation is cleared. */
    void readAll(String conversation);
  }

  private final String userId;
  private final MessageTable table;
  private final ReadPositions positions;
  private final Reactions reactions;

  TipsHandler(String userId, MessageTable table, ReadPositions positions, Reactions reactions) {
    this.userId = userId;
    this.table = table;
    this.positions = positions;
    this.reactions = reactions;
  }

  /** Does what a notification asks for. */
  void handle(TestUser connection, MsgData notification) {
    switch (notification.getContentType()) {
      case CONVERSATION_CHANGED -> reactions.syncConversations();
      case CLEARED ->
          strings(MessageTable.detail(notification).path("conversationIDs"))
              .forEach(conversation -> {
                table.clear(conversation);
                reactions.readAll(conversation);
              });
      case REVOKED -> revoke(connection, MessageTable.detail(notification));
      case DELETED -> {
        JsonNode tips = MessageTable.detail(notification);
        table.delete(tips.path("conversationID").asString(), longs(tips.path("seqs")));
      }
      case READ -> read(MessageTable.detail(notification));
      default -> {}
    }
  }

  /** A message that is not there is pulled, as it is then: revoked. */
  private void revoke(TestUser connection, JsonNode tips) {
    String conversation = tips.path("conversationID").asString();
    long seq = tips.path("seq").asLong();
    if (!table.has(conversation, seq)) {
      SeqPulls.descending(connection, conversation, List.of(seq))
          .getMsgsList()
          .forEach(message -> table.add(conversation, message));
    }
    table.revoke(
        conversation, seq, tips.path("revokerUserID").asString(), tips.path("revokeTime").asLong());
  }

  /** Others' receipts count in chats of two alone. */
  private void read(JsonNode tips) {
    String conversation = tips.path("conversationID").asString();
    if (tips.path("markAsReadUserID").asString().equals(userId)) {
      positions.raise(conversation, tips.path("hasReadSeq").asLong());
    } else if (isSingle(conversation)) {
      table.markRead(conversation, longs(tips.path("seqs")), userId);
    }
  }

  /** Whether a conversation is a chat of two. */
  static boolean isSingle(String conversation) {
    return conversation.startsWith(SINGLE);
  }

  private static List<Long> longs(JsonNode list) {
    return list.valueStream().map(JsonNode::asLong).toList();
  }

  private static List<String> strings(JsonNode list) {
    return list.valueStream().map(JsonNode::asString).toList();
  }
}
