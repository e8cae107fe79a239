package im.hongyan.transfer.search;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.messagelog.search.SearchBatch;
import im.hongyan.messagelog.search.SearchBatch.Erased;
import im.hongyan.messagelog.search.SearchBatch.Message;
import im.hongyan.messagelog.search.SearchableText;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.Copy;
import im.hongyan.proto.sequencing.Deletion;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.message.MessageStatus;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Collects what the index of words takes: stored messages of chats. Single-threaded. */
final class Searchable {
  private static final Logger LOG = LoggerFactory.getLogger(Searchable.class);

  private final List<Message> messages = new ArrayList<>();
  private final List<Erased> erased = new ArrayList<>();

  /** Adds a record of the log. */
  void add(InboundRecord record) {
    for (Copy copy : record.getCopiesList()) {
      if (copy.getSeq() != 0) {
        add(copy.getConversationId(), copy.getSeq(), copy.getMessage());
      }
    }
    Mutation mutation = record.getMutation();
    Deletion deletion = mutation.getDeletion();
    if (mutation.hasDeletion()
        && deletion.getUserId().isEmpty()
        && isChat(mutation.getConversationId())) {
      deletion
          .getSeqsList()
          .forEach(seq -> erased.add(new Erased(mutation.getConversationId(), seq)));
    }
  }

  /** Adds a stored message. */
  void add(String conversationId, long seq, ByteString body) {
    if (!isChat(conversationId)) {
      return;
    }
    MsgData message;
    try {
      message = MsgData.parseFrom(body);
    } catch (InvalidProtocolBufferException e) {
      LOG.error("message {} of {} is damaged and is not indexed", seq, conversationId);
      return;
    }
    if (message.getStatus() == MessageStatus.DELETED && message.getContent().isEmpty()) {
      return;
    }
    messages.add(
        new Message(
            conversationId,
            seq,
            message.getSendID(),
            new ConversationId(conversationId).isGroup()
                ? message.getGroupID()
                : message.getRecvID(),
            message.getSendTime(),
            message.getContentType(),
            SearchableText.of(message)));
  }

  private static boolean isChat(String id) {
    return id.startsWith("si_") || new ConversationId(id).isGroup();
  }

  SearchBatch batch(long atMillis) {
    return new SearchBatch(messages, erased, atMillis);
  }
}
