package im.hongyan.push.offline;

import com.google.common.collect.Lists;
import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.proto.offline.OfflineRecord;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.Copy;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.push.online.OfflineHandOff.DeliveryResult;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.SessionType;
import im.hongyan.wire.message.ContentType;
import im.hongyan.wire.message.MessageOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who is notified of a message offline before anybody's own settings (messaging.md 7.2, 7.3). */
final class OfflineRecipients {
  private static final Logger LOG = LoggerFactory.getLogger(OfflineRecipients.class);
  private static final int MOST_USERS = 1_000;

  private OfflineRecipients() {}

  /** The records to hand over; none where nobody is to be notified. */
  static List<OfflineRecord> of(DeliveryResult result) {
    InboundRecord record = result.message();
    // A single chat's receiver was mostly reached: the message need not be looked into.
    if (result.targets().size() == 1 && users(result).isEmpty()) {
      return List.of();
    }
    for (Copy copy : record.getCopiesList()) {
      MsgData message = parse(copy);
      if (wanted(message)) {
        String conversation = conversation(message, copy);
        return users(result).stream()
            .map(some ->
                OfflineRecord.newBuilder()
                    .setOperationId(record.getOperationId())
                    .setConversationId(conversation)
                    .addAllUserIds(some)
                    .setMessage(copy.getMessage())
                    .build())
            .toList();
      }
    }
    return List.of();
  }

  /** The first copy that does not rule it out: a notification's option moves to its chat copy. */
  private static boolean wanted(MsgData message) {
    int type = message.getContentType();
    return MessageOption.OFFLINE_PUSH.isOn(message)
        && type != ContentType.CALL_FROM
        && type != ContentType.CALL_TO;
  }

  private static MsgData parse(Copy copy) {
    try {
      return MsgData.parseFrom(copy.getMessage());
    } catch (InvalidProtocolBufferException e) {
      LOG.error("a copy of {} is no message; nobody is notified of it", copy.getConversationId());
      return MsgData.newBuilder()
          .putAllOptions(Map.of(MessageOption.OFFLINE_PUSH.key(), false))
          .build();
    }
  }

  /** The one whose settings count: of a group's notification, the group's. */
  private static String conversation(MsgData message, Copy copy) {
    return message.getSessionType() == SessionType.GROUP.number()
        ? ConversationId.group(message.getGroupID()).value()
        : copy.getConversationId();
  }

  private static List<List<String>> users(DeliveryResult result) {
    String sender = result.message().getSendId();
    List<List<String>> lists = new ArrayList<>();
    for (List<String> targets : result.targets()) {
      List<String> left =
          targets.stream()
              .filter(user -> !user.equals(sender) && !result.reached().contains(user))
              .toList();
      for (List<String> part : Lists.partition(left, MOST_USERS)) {
        lists.add(part);
      }
    }
    return lists;
  }
}
