package im.hongyan.simulation;

import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.messagelog.kafka.LaneRecords;
import im.hongyan.messagelog.lane.Bodies;
import im.hongyan.messagelog.lane.LaneRecord;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.Copy;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.proto.sequencing.SequencedRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the log says, read by an own and simple rule, and the promises that follow from it. Each
 * record is judged when it is appended.
 */
final class Truth {
  /** A numbered copy. */
  record Numbered(long offset, long appendedAtMillis, byte[] body) {}

  /** A numbered message. */
  record Message(long offset, String serverMsgId, long sendTimeMillis) {}

  private final List<Long> latestClaims = new ArrayList<>();
  private final List<Boolean> counts = new ArrayList<>();
  private final Map<String, List<Numbered>> conversations = new HashMap<>();
  private final Map<String, Message> messages = new LinkedHashMap<>();
  private final Map<Long, InboundRecord> inbound = new HashMap<>();
  private final Map<String, Long> firstInbound = new LinkedHashMap<>();
  private final Map<String, String> acknowledged = new HashMap<>();
  private final Set<String> idsMayDiffer = new HashSet<>();
  private final Set<String> admitted = new HashSet<>();
  private final Set<String> notified = new HashSet<>();
  private long lastInbound = -1;
  private long highestPosition = -1;
  int claims;
  int voids;

  void inboundAppended(LaneRecord raw) {
    InboundRecord record;
    try {
      record = LaneRecords.decode(raw.value(), InboundRecord.parser());
    } catch (InvalidProtocolBufferException foreign) {
      return;
    }
    inbound.put(raw.offset(), record);
    firstInbound.putIfAbsent(Conversations.keyOf(record), raw.offset());
  }

  void sequencedAppended(LaneRecord raw) {
    SequencedRecord record = decode(raw);
    long claim = latestClaims.isEmpty() ? -1 : latestClaims.getLast();
    if (record.hasClaim()) {
      claims++;
      latestClaims.add(raw.offset());
      counts.add(false);
      return;
    }
    latestClaims.add(claim);
    boolean valid = record.getTerm() == claim;
    counts.add(valid);
    if (valid) {
      numbered(raw, record);
    } else {
      voids++;
    }
  }

  static SequencedRecord decode(LaneRecord raw) {
    try {
      return LaneRecords.decode(raw.value(), SequencedRecord.parser());
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  private void numbered(LaneRecord raw, SequencedRecord record) {
    InboundRecord message = record.getMessage();
    String key = Conversations.keyOf(message);
    require(
        record.getInboundOffset() > lastInbound,
        "inbound record " + record.getInboundOffset() + " comes after " + lastInbound);
    lastInbound = record.getInboundOffset();
    InboundRecord.Builder bare = message.toBuilder();
    for (int i = 0; i < message.getCopiesCount(); i++) {
      Copy copy = message.getCopies(i);
      bare.setCopies(i, copy.toBuilder().setSeq(0));
      require((copy.getSeq() > 0) == copy.getStored(), "stored copies alone have a seq: " + key);
      if (copy.getStored()) {
        List<Numbered> copies =
            conversations.computeIfAbsent(copy.getConversationId(), id -> new ArrayList<>());
        require(
            copy.getSeq() == copies.size() + 1,
            copy.getConversationId() + ": seq " + copy.getSeq() + " follows " + copies.size());
        copies.add(
            new Numbered(
                raw.offset(),
                raw.appendedAtMillis(),
                Bodies.withSeq(copy.getMessage(), copy.getSeq())));
      }
    }
    require(
        bare.build().equals(inbound.get(record.getInboundOffset())),
        "the message of inbound record " + record.getInboundOffset() + " was changed");
    MsgData body = message(message.getCopies(0).getMessage().toByteArray());
    Message previous =
        messages.put(
            key, new Message(raw.offset(), body.getServerMsgID(), message.getSendTimeMillis()));
    require(previous == null, key + " is numbered twice");
    require(
        Long.valueOf(record.getInboundOffset()).equals(firstInbound.get(key)),
        key + " is numbered from another than its first record");
  }

  static MsgData message(byte[] body) {
    try {
      return MsgData.parseFrom(body);
    } catch (InvalidProtocolBufferException e) {
      throw new IllegalStateException(e);
    }
  }

  static void require(boolean holds, String broken) {
    if (!holds) {
      throw new Violation(broken);
    }
  }

  long latestClaimBefore(long offset) {
    return offset == 0 ? -1 : latestClaims.get((int) offset - 1);
  }

  boolean counts(long offset) {
    return counts.get((int) offset);
  }

  /** Highest seq of a conversation as of a place in the log. */
  long highest(String conversationId, long position) {
    List<Numbered> copies = conversations.getOrDefault(conversationId, List.of());
    int count = copies.size();
    while (count > 0 && copies.get(count - 1).offset() > position) {
      count--;
    }
    return count;
  }

  @Nullable Numbered numbered(String conversationId, long seq) {
    List<Numbered> copies = conversations.getOrDefault(conversationId, List.of());
    return seq < 1 || seq > copies.size() ? null : copies.get((int) seq - 1);
  }

  void checkBody(String where, String conversationId, long seq, byte[] body) {
    Numbered numbered = numbered(conversationId, seq);
    require(
        numbered != null && Arrays.equals(body, numbered.body()),
        where + " holds another message as " + conversationId + " " + seq);
  }

  void checkMessage(String where, String conversationId, long seq, MsgData message) {
    Numbered numbered = numbered(conversationId, seq);
    require(
        numbered != null && message.equals(message(numbered.body())),
        where + " holds another message as " + conversationId + " " + seq);
  }

  /** Redis has moved to a position by an owner's doing. */
  void positionMoved(long from, long to) {
    require(to >= from, "the position of Redis went from " + from + " back to " + to);
    highestPosition = Math.max(highestPosition, to);
  }

  boolean visible(long offset) {
    return offset <= highestPosition;
  }

  /** A service let a message in. */
  void admitted(String key) {
    admitted.add(key);
  }

  /** Redis lost something: tickets of what is on its way to im-inbound may be gone. */
  void redisLost() {
    for (String key : admitted) {
      if (!firstInbound.containsKey(key)) {
        idsMayDiffer.add(key);
      }
    }
  }

  /** A client got ids. */
  void acknowledged(String key, String serverMsgId, long sendTimeMillis) {
    String ids = serverMsgId + " " + sendTimeMillis;
    String before = acknowledged.putIfAbsent(key, ids);
    if (idsMayDiffer.contains(key)) {
      return;
    }
    require(before == null || before.equals(ids), key + " got ids " + ids + " after " + before);
    Message message = messages.get(key);
    require(
        message == null || ids.equals(message.serverMsgId() + " " + message.sendTimeMillis()),
        key + " got ids " + ids + " but is stored as " + message);
  }

  /** A pusher sent a message. */
  void pushed(String pusher, long before, long offset) {
    require(offset > before, "pushed " + offset + " after " + before);
    require(counts(offset), "pushed void record " + offset);
    require(visible(offset), "pushed " + offset + " before a pull could return it");
    notified.add(pusher);
  }

  boolean allNumbered() {
    return messages.size() == firstInbound.size();
  }

  /**
   * What is left at the end: everything acknowledged is numbered, with the ids that clients got.
   */
  void checkEnd() {
    for (String key : acknowledged.keySet()) {
      Message message = messages.get(key);
      require(message != null, key + " was acknowledged and is not numbered");
      if (message != null && !idsMayDiffer.contains(key)) {
        require(
            (message.serverMsgId() + " " + message.sendTimeMillis()).equals(acknowledged.get(key)),
            key + " was acknowledged with " + acknowledged.get(key) + ", stored as " + message);
      }
    }
  }

  int size() {
    return messages.size();
  }

  Message message(String key) {
    Message message = messages.get(key);
    if (message == null) {
      throw new Violation(key + " is not numbered");
    }
    return message;
  }
}
