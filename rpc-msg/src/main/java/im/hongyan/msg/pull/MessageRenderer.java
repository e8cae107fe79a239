package im.hongyan.msg.pull;

import com.google.protobuf.ByteString;
import im.hongyan.proto.sdkws.MessageRevokedContent;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.Revocation;
import im.hongyan.wire.id.SessionType;
import im.hongyan.wire.id.UserId;
import im.hongyan.wire.json.GoJsonWriter;
import im.hongyan.wire.json.JsonBuffer;
import im.hongyan.wire.message.ContentType;
import im.hongyan.wire.message.MessageStatus;
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
 * reader, revoked, or a placeholder for what was deleted for everybody. Safe for use by several
 * threads.
 */
final class MessageRenderer {
  private final UserReader reader;
  private final NewestExisting existing;
  private final NewestExisting kept;

  MessageRenderer(UserReader reader) {
    this.reader = reader;
    existing = new NewestExisting(reader, false);
    kept = new NewestExisting(reader, true);
  }

  /**
   * The elements of visible seqs, one for each and in this order.
   *
   * @param top the conversation's highest seq; a quote of a later one is left as it is
   */
  List<MsgData> of(UserId user, String conversationId, List<Long> seqs, long top) {
    Map<Long, StoredMessage> page = reader.page(user, conversationId, seqs);
    Map<Long, QuotedMessages.Quote> quotes = quotes(page);
    Map<Long, StoredMessage> quoted = quoted(user, conversationId, page, quotes, top);
    Map<Long, Long> placeholders = placeholders(user, conversationId, page);
    List<MsgData> elements = new ArrayList<>(seqs.size());
    for (Long seq : seqs) {
      StoredMessage stored = Objects.requireNonNull(page.get(seq));
      MsgData message = stored.message();
      if (message == null) {
        elements.add(
            MsgData.newBuilder()
                .setSeq(seq)
                .setStatus(MessageStatus.DELETED)
                .setSendTime(Objects.requireNonNull(placeholders.get(seq)))
                .build());
      } else {
        QuotedMessages.Quote quote = quotes.get(seq);
        StoredMessage target = quote == null ? null : quoted.get(quote.seq());
        elements.add(element(seq, message, stored, quote, target));
      }
    }
    return elements;
  }

  private static MsgData element(
      long seq,
      MsgData sent,
      StoredMessage stored,
      QuotedMessages.@Nullable Quote quote,
      @Nullable StoredMessage target) {
    boolean single = sent.getSessionType() == SessionType.SINGLE.number();
    boolean read = single && stored.marks().read();
    Revocation revocation = stored.marks().revocation();
    if (stored.marks().none() && quote == null && !sent.getIsRead()) {
      return sent;
    }
    MsgData.Builder element = sent.toBuilder().setIsRead(read);
    if (quote != null) {
      rewritten(quote, target).ifPresent(element::setContent);
    }
    if (stored.marks().deleted()) {
      element.setContent(ByteString.EMPTY).setStatus(MessageStatus.DELETED);
    }
    if (revocation != null) {
      element.setContentType(ContentType.REVOKED).setContent(revoked(seq, sent, revocation));
    }
    return element.build();
  }

  /** Who revoked the message, as the text of one more JSON object. */
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

  private static Map<Long, QuotedMessages.Quote> quotes(Map<Long, StoredMessage> page) {
    Map<Long, QuotedMessages.Quote> quotes = new HashMap<>();
    page.forEach((seq, stored) -> {
      MsgData message = stored.message();
      if (message != null && message.getContentType() == ContentType.QUOTE) {
        QuotedMessages.read(message.getContent()).ifPresent(quote -> quotes.put(seq, quote));
      }
    });
    return quotes;
  }

  private Map<Long, StoredMessage> quoted(
      UserId user,
      String conversationId,
      Map<Long, StoredMessage> page,
      Map<Long, QuotedMessages.Quote> quotes,
      long top) {
    Map<Long, StoredMessage> known = new HashMap<>(page);
    List<Long> others =
        quotes.values().stream()
            .map(QuotedMessages.Quote::seq)
            .filter(seq -> seq > 0 && seq <= top && !page.containsKey(seq))
            .distinct()
            .toList();
    known.putAll(reader.page(user, conversationId, others));
    return known;
  }

  /** What a quote becomes where its target was revoked or deleted for everybody. */
  private static Optional<ByteString> rewritten(
      QuotedMessages.Quote quote, @Nullable StoredMessage target) {
    if (target != null && target.erased()) {
      return Optional.of(quote.revoked(ContentType.REVOKED, "{}"));
    }
    if (target != null && target.message() != null) {
      Revocation revocation = target.marks().revocation();
      if (revocation != null) {
        ByteString content = revoked(quote.seq(), target.message(), revocation);
        return Optional.of(quote.revoked(ContentType.REVOKED, content.toStringUtf8()));
      }
    }
    return quote.emptyAsBase64() ? Optional.of(quote.repaired()) : Optional.empty();
  }

  /**
   * The send time of each placeholder: that of the nearest older message, 0 where there is none.
   */
  private Map<Long, Long> placeholders(
      UserId user, String conversationId, Map<Long, StoredMessage> page) {
    Map<Long, Long> times = new HashMap<>();
    for (Long seq : new TreeSet<>(page.keySet())) {
      StoredMessage stored = Objects.requireNonNull(page.get(seq));
      if (!stored.erased()) {
        continue;
      }
      StoredMessage before = page.get(seq - 1);
      MsgData older = before == null ? null : before.message();
      if (older != null) {
        times.put(seq, older.getSendTime());
      } else if (before != null) {
        times.put(seq, Objects.requireNonNull(times.get(seq - 1)));
      } else {
        times.put(seq, olderTime(user, conversationId, seq));
      }
    }
    return times;
  }

  private long olderTime(UserId user, String conversationId, long seq) {
    return existing
        .newest(user, conversationId, seq - 1, 1)
        .map(found -> found.message().message())
        .map(MsgData::getSendTime)
        .orElse(0L);
  }

  /** The newest readable message that was not deleted, also not by the user; empty for none. */
  Optional<MsgData> newest(UserId user, String conversationId, ConversationAccess access) {
    Bounds bounds = access.bounds();
    if (bounds.none()) {
      return Optional.empty();
    }
    return kept.newest(user, conversationId, bounds.upper(), bounds.first())
        .map(
            found -> of(user, conversationId, List.of(found.seq()), access.top().seq()).getFirst());
  }
}
