package im.hongyan.msg.send;

import im.hongyan.messagelog.lane.ResendKeys;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.wire.id.ConversationId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** A lane that takes everything once and gives a resend the ids of the first. */
final class FakeAcceptance implements Acceptance {
  private final Map<String, SentIds> known = new HashMap<>();
  private final List<InboundRecord> taken = new ArrayList<>();
  private CompletableFuture<Void> released = CompletableFuture.completedFuture(null);

  /** Acknowledges nothing until the result is completed. */
  synchronized CompletableFuture<Void> hold() {
    released = new CompletableFuture<>();
    return released;
  }

  private static String key(String conversation, String sendId, String clientMsgId) {
    return conversation + "\0" + sendId + "\0" + clientMsgId;
  }

  @Override
  public synchronized boolean known(ConversationId conversation, String sendId, String clientId) {
    return known.containsKey(key(conversation.value(), sendId, clientId));
  }

  @Override
  public synchronized CompletableFuture<SentIds> accept(MsgData message, InboundRecord record) {
    String conversation = record.getCopies(0).getConversationId();
    SentIds fresh = new SentIds(message.getServerMsgID(), message.getSendTime());
    SentIds before =
        known.putIfAbsent(key(conversation, record.getSendId(), ResendKeys.of(record)), fresh);
    if (before == null) {
      taken.add(record);
    }
    SentIds ids = before == null ? fresh : before;
    return released.thenApply(now -> ids);
  }

  synchronized List<InboundRecord> taken() {
    return List.copyOf(taken);
  }

  InboundRecord last() {
    return taken().getLast();
  }
}
