package im.hongyan.msg.pull;

import com.google.protobuf.ByteString;
import im.hongyan.proto.sdkws.MessageRevokedContent;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.Revocation;
import im.hongyan.wire.id.SessionType;
import im.hongyan.wire.json.GoJsonWriter;
import im.hongyan.wire.json.JsonBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What an element of an answer looks like (messaging.md 5.6): as it was sent, deleted by its
 * reader, taken back, or a placeholder for what was deleted for everybody. Safe for use by several
 * threads.
 */
public final class MessageRenderer {
  private static final int DELETED = 4;
  private static final int REVOKED = 2101;
  private static final int QUOTE = 114;

  private final UserReader reader;
  private final NewestExisting existing;

  /** Creates forms over a reader. */
  MessageRenderer(UserReader reader) {
    this.reader = reader;
    existing = new NewestExisting(reader);
  }

  /**
   * The elements of visible seqs, one for each and in this order.
   *
   * @param top the conversation's highest seq; a quote of a later one is left as it is
   */
  List<MsgData> of(String userId, String conversationId, List<Long> seqs, long top) {
    Map<Long, Seen> page = reader.page(userId, conversationId, seqs);
    Map<Long, QuotedMessages.Quote> quotes = quotes(page);
    Map<Long, Seen> quoted = quoted(userId, conversationId, page, quotes, top);
    Map<Long, Long> placeholders = placeholders(userId, conversationId, page);
    List<MsgData> elements = new ArrayList<>(seqs.size());
    for (Long seq : seqs) {
      Seen seen = Objects.requireNonNull(page.get(seq));
      MsgData message = seen.message();
      if (message == null) {
        elements.add(
            MsgData.newBuilder()
                .setSeq(seq)
                .setStatus(DELETED)
                .setSendTime(Objects.requireNonNull(placeholders.get(seq)))
                .build());
      } else {
        QuotedMessages.Quote quote = quotes.get(seq);
        Seen target = quote == null ? null : quoted.get(quote.seq());
        elements.add(element(seq, message, seen, quote, target));
      }
    }
    return elements;
  }

  private static MsgData element(
      long seq,
      MsgData sent,
      Seen seen,
      QuotedMessages.@Nullable Quote quote,
      @Nullable Seen target) {
    boolean single = sent.getSessionType() == SessionType.SINGLE.number();
    boolean read = single && seen.marks().read();
    Revocation revocation = seen.marks().revocation();
    if (seen.marks().none() && quote == null && !sent.getIsRead()) {
      return sent;
    }
    MsgData.Builder element = sent.toBuilder().setIsRead(read);
    if (quote != null) {
      rewritten(quote, target).ifPresent(element::setContent);
    }
    if (seen.marks().deleted()) {
      element.setContent(ByteString.EMPTY).setStatus(DELETED);
    }
    if (revocation != null) {
      element.setContentType(REVOKED).setContent(revoked(seq, sent, revocation));
    }
    return element.build();
  }

  /** Who took the message back, as the text of one more JSON object. */
  private static ByteString revoked(long seq, MsgData sent, Revocation revocation) {
    String detail =
        GoJsonWriter.toText(
            MessageRevokedContent.newBuilder()
                .setRevokerID(revocation.getUserId())
                .setRevokerRole(revocation.getRole())
                .setClientMsgID(sent.getClientMsgID())
                .setRevokerNickname(revocation.getNickname())
                .setRevokeTime(revocation.getTimeMillis())
                .setSourceMessageSendTime(sent.getSendTime())
                .setSourceMessageSendID(sent.getSendID())
                .setSourceMessageSenderNickname(sent.getSenderNickname())
                .setSessionType(sent.getSessionType())
                .setSeq(seq)
                .setEx(sent.getEx())
                .build());
    JsonBuffer json = new JsonBuffer(2 * detail.length());
    json.raw(JsonBuffer.ascii("{\"detail\":")).string(detail).raw('}');
    return ByteString.copyFrom(json.toByteArray());
  }

  private static Map<Long, QuotedMessages.Quote> quotes(Map<Long, Seen> page) {
    Map<Long, QuotedMessages.Quote> quotes = new HashMap<>();
    page.forEach((seq, seen) -> {
      MsgData message = seen.message();
      if (message != null && message.getContentType() == QUOTE) {
        QuotedMessages.read(message.getContent()).ifPresent(quote -> quotes.put(seq, quote));
      }
    });
    return quotes;
  }

  private Map<Long, Seen> quoted(
      String userId,
      String conversationId,
      Map<Long, Seen> page,
      Map<Long, QuotedMessages.Quote> quotes,
      long top) {
    Map<Long, Seen> known = new HashMap<>(page);
    List<Long> others =
        quotes.values().stream()
            .map(QuotedMessages.Quote::seq)
            .filter(seq -> seq > 0 && seq <= top && !page.containsKey(seq))
            .distinct()
            .toList();
    known.putAll(reader.page(userId, conversationId, others));
    return known;
  }

  /** What a quote becomes where its target was taken back or deleted for everybody. */
  private static Optional<ByteString> rewritten(QuotedMessages.Quote quote, @Nullable Seen target) {
    if (target != null && target.erased()) {
      return Optional.of(quote.takenBack(REVOKED, "{}"));
    }
    if (target != null && target.message() != null) {
      Revocation revocation = target.marks().revocation();
      if (revocation != null) {
        ByteString content = revoked(quote.seq(), target.message(), revocation);
        return Optional.of(quote.takenBack(REVOKED, content.toStringUtf8()));
      }
    }
    return quote.emptyAsBase64() ? Optional.of(quote.repaired()) : Optional.empty();
  }

  /**
   * The send time of each placeholder: that of the nearest older message, 0 where there is none.
   */
  private Map<Long, Long> placeholders(String userId, String conversationId, Map<Long, Seen> page) {
    Map<Long, Long> times = new HashMap<>();
    for (Long seq : new TreeSet<>(page.keySet())) {
      Seen seen = Objects.requireNonNull(page.get(seq));
      if (!seen.erased()) {
        continue;
      }
      Seen before = page.get(seq - 1);
      MsgData older = before == null ? null : before.message();
      if (older != null) {
        times.put(seq, older.getSendTime());
      } else if (before != null) {
        times.put(seq, Objects.requireNonNull(times.get(seq - 1)));
      } else {
        times.put(seq, olderTime(userId, conversationId, seq));
      }
    }
    return times;
  }

  private long olderTime(String userId, String conversationId, long seq) {
    return existing
        .newest(userId, conversationId, seq - 1, 1)
        .map(found -> found.seen().message())
        .map(MsgData::getSendTime)
        .orElse(0L);
  }

  /** The newest message within bounds that was not deleted for everybody; empty for none. */
  Optional<MsgData> newest(String userId, String conversationId, Bounds bounds, long top) {
    if (bounds.none()) {
      return Optional.empty();
    }
    return existing
        .newest(userId, conversationId, bounds.upper(), bounds.first())
        .map(found -> of(userId, conversationId, List.of(found.seq()), top).getFirst());
  }
}
