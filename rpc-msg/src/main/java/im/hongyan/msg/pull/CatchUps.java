package im.hongyan.msg.pull;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.msg.pull.LaneReader.Top;
import im.hongyan.msg.relation.Relations;
import im.hongyan.proto.catchup.CatchUpGrpc;
import im.hongyan.proto.catchup.NewestAnswer;
import im.hongyan.proto.catchup.NewestRequest;
import im.hongyan.proto.delivery.PushedCopy;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.id.UserId;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a connecting client may have missed: the newest readable message of each conversation that
 * has one since then, the newest conversation first, at most 200 and 4 MiB of them. Where there is
 * none, this costs what request 1001 costs. Safe for use by several threads; may block.
 */
public final class CatchUps implements Feature {
  private static final int MAX_NEWEST = 200;
  private static final int MAX_NEWEST_BYTES = 4 << 20;

  private final LaneReader lanes;
  private final UserReader reader;
  private final MessageRenderer renderer;
  private final Relations relations;

  public CatchUps(LaneReader lanes, UserReader reader, Relations relations) {
    this.lanes = lanes;
    this.reader = reader;
    this.relations = relations;
    renderer = new MessageRenderer(reader);
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(CatchUpGrpc.getNewestMethod(), this::newest);
  }

  private NewestAnswer newest(Caller caller, NewestRequest request) {
    UserId user = new UserId(request.getUserId());
    long sinceMillis = request.getSinceMillis();
    List<String> ids = changed(user, sinceMillis);
    Map<String, ConversationAccess> accesses = reader.accesses(user, ids);
    NewestAnswer.Builder answer = NewestAnswer.newBuilder();
    int bytes = 0;
    for (String id : ids) {
      ConversationAccess access = Objects.requireNonNull(accesses.get(id));
      if (!access.takesPart()) {
        continue;
      }
      Optional<MsgData> message = renderer.newest(user, id, access);
      bytes += message.map(MsgData::getSerializedSize).orElse(0);
      if (bytes > MAX_NEWEST_BYTES) {
        break;
      }
      message
          .filter(found -> found.getSendTime() >= sinceMillis)
          .ifPresent(found -> answer.addNewest(pushed(id, found)));
    }
    return answer.build();
  }

  /** The conversations that anything was sent into since then, the newest first. */
  private List<String> changed(UserId user, long sinceMillis) {
    Map<String, Top> tops = new HashMap<>(lanes.tops(relations.conversationsWithTwins(user)));
    tops.values().removeIf(top -> top.sendTimeMillis() < sinceMillis);
    return tops.entrySet().stream()
        .sorted(
            Map.Entry.comparingByValue(Comparator.comparingLong(Top::sendTimeMillis).reversed()))
        .limit(MAX_NEWEST)
        .map(Map.Entry::getKey)
        .toList();
  }

  private static PushedCopy pushed(String conversationId, MsgData message) {
    return PushedCopy.newBuilder()
        .setConversationId(conversationId)
        .setMessage(message.toByteString())
        .setSeq(message.getSeq())
        .build();
  }
}
