package im.hongyan.gatewayhttp;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.discovery.ServiceLocator;
import im.hongyan.kit.http.HttpRequest;
import im.hongyan.proto.jssdk.GetActiveConversationsReq;
import im.hongyan.proto.jssdk.GetActiveConversationsResp;
import im.hongyan.proto.jssdk.GetConversationsReq;
import im.hongyan.proto.jssdk.GetConversationsResp;
import im.hongyan.proto.msg.GetConversationsHasReadAndMaxSeqResp;
import im.hongyan.proto.msg.Seqs;
import im.hongyan.wire.bounds.RequestProtobuf;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.Utf8Order;
import im.hongyan.wire.json.ApiEnvelope;
import im.hongyan.wire.json.GoJsonException;
import im.hongyan.wire.json.GoJsonReader;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The caller's conversations with all that a web page shows of them, composed of what several
 * services answer him (rest-message.md 9). A protobuf body is answered by protobuf within the
 * envelope. Safe for use by several threads; blocks.
 */
final class JsSdkRoutes {
  private static final int DEFAULT_COUNT = 100;
  private static final int MAX_COUNT = 500;

  private final ConversationParts parts;

  JsSdkRoutes(ServiceLocator locator) {
    parts = new ConversationParts(locator);
  }

  /** The routes by path. */
  Map<String, OwnRoute> routes() {
    return Map.of(
        "/jssdk/get_conversations", this::named,
        "/jssdk/get_active_conversations", this::active);
  }

  private enum Form {
    JSON,
    PROTOBUF;

    /** By the header alone. */
    static Form of(HttpRequest call) {
      String type = call.header("Content-Type");
      if (type.isEmpty() || type.contains("application/json")) {
        return JSON;
      }
      if (type.contains("application/protobuf") || type.contains("application/x-protobuf")) {
        return PROTOBUF;
      }
      throw ImError.ARGS.with("unsupported content type");
    }

    <M extends Message> M read(HttpRequest call, M prototype) throws GoJsonException {
      return switch (this) {
        case JSON -> GoJsonReader.readRequest(call.body(), prototype);
        case PROTOBUF -> RequestProtobuf.read(ByteString.copyFrom(call.body()), prototype);
      };
    }

    byte[] answer(Message answer) {
      return switch (this) {
        case JSON -> ApiEnvelope.success(answer);
        case PROTOBUF ->
            ApiEnvelope.success(
                out -> out.string(Base64.getEncoder().encodeToString(answer.toByteArray())));
      };
    }
  }

  /** Those that the caller has a row of. */
  private byte[] named(CallContext caller, HttpRequest call) throws GoJsonException {
    Form form = Form.of(call);
    GetConversationsReq request = form.read(call, GetConversationsReq.getDefaultInstance());
    Set<String> ids = new LinkedHashSet<>(request.getConversationIDsList());
    ids.remove("");
    GetConversationsResp.Builder answer = GetConversationsResp.newBuilder();
    if (!ids.isEmpty()) {
      var rows = parts.rows(caller.userId(), List.copyOf(ids));
      if (!rows.isEmpty()) {
        Map<String, Seqs> seqs =
            parts.seqs(caller.userId(), List.copyOf(rows.keySet())).getSeqsMap();
        answer
            .setUnreadCount(unread(seqs))
            .addAllConversations(parts.compose(caller.userId(), rows.values(), seqs));
      }
    }
    return form.answer(answer.build());
  }

  /** Pinned ones first, each part by what was sent last. */
  private byte[] active(CallContext caller, HttpRequest call) throws GoJsonException {
    Form form = Form.of(call);
    GetActiveConversationsReq request =
        form.read(call, GetActiveConversationsReq.getDefaultInstance());
    long count =
        request.getCount() <= 0 || request.getCount() > MAX_COUNT
            ? DEFAULT_COUNT
            : request.getCount();
    GetConversationsHasReadAndMaxSeqResp all = parts.seqs(caller.userId(), List.of());
    Map<String, Seqs> seqs = all.getSeqsMap();
    Set<String> pinned = Set.copyOf(all.getPinnedConversationIDsList());
    List<String> first =
        seqs.entrySet().stream()
            .filter(entry -> entry.getValue().getMaxSeq() > 0)
            .sorted(
                Comparator.comparing(
                        (Map.Entry<String, Seqs> entry) -> !pinned.contains(entry.getKey()))
                    .thenComparing(
                        Comparator.comparingLong(
                                (Map.Entry<String, Seqs> entry) -> entry.getValue().getMaxSeqTime())
                            .reversed())
                    .thenComparing(Map.Entry::getKey, Utf8Order.INSTANCE))
            .limit(count)
            .map(Map.Entry::getKey)
            .toList();
    GetActiveConversationsResp.Builder answer =
        GetActiveConversationsResp.newBuilder().setUnreadCount(unread(seqs));
    if (!first.isEmpty()) {
      var rows = parts.rows(caller.userId(), first);
      answer.addAllConversations(
          parts.compose(
              caller.userId(),
              first.stream().filter(rows::containsKey).map(rows::get).toList(),
              seqs));
    }
    return form.answer(answer.build());
  }

  private static long unread(Map<String, Seqs> seqs) {
    return seqs.values().stream()
        .mapToLong(of -> Math.max(0, of.getMaxSeq() - of.getHasReadSeq()))
        .sum();
  }
}
