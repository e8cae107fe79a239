package im.hongyan.push.online;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.messagelog.lane.Bodies;
import im.hongyan.proto.delivery.Push;
import im.hongyan.proto.delivery.PushedCopy;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.Copy;
import im.hongyan.proto.sequencing.InboundRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A message from the log to its hand-off. Prepared by one thread, then handed through a queue to
 * the consumer's, which does everything else; only the tracker is touched by others.
 */
final class Delivery {
  private final Object owner;
  private final int lane;
  private final long offset;
  private final InboundRecord message;
  private final DeliveryTracker tracker;
  private Targets targets = Targets.NOBODY;
  private boolean refused;
  private boolean reported;
  private boolean done;
  private long sentNanos;

  /**
   * Begins.
   *
   * @param owner the lane's progress, by which a delivery of an earlier time of the lane is known
   */
  Delivery(
      Object owner, int lane, long offset, InboundRecord message, Consumer<Delivery> whenDone) {
    this.owner = owner;
    this.lane = lane;
    this.offset = offset;
    this.message = message;
    tracker = new DeliveryTracker(() -> whenDone.accept(this));
  }

  Object owner() {
    return owner;
  }

  int lane() {
    return lane;
  }

  long offset() {
    return offset;
  }

  InboundRecord message() {
    return message;
  }

  String orderingKey() {
    return OrderingKey.of(message.getCopies(0).getConversationId());
  }

  /**
   * What hooks are asked about.
   *
   * @throws InvalidProtocolBufferException when it is no message, which rpc-msg does not let in
   */
  MsgData first() throws InvalidProtocolBufferException {
    Copy copy = message.getCopies(0);
    return MsgData.parseFrom(copy.getMessage()).toBuilder().setSeq(copy.getSeq()).build();
  }

  void to(Targets found) {
    targets = found;
  }

  Targets targets() {
    return targets;
  }

  void refuse() {
    refused = true;
  }

  boolean refused() {
    return refused;
  }

  /** The push as it is sent; notes the moment. */
  GatewayRouter.Outgoing send(long openFrom, long nowNanos) {
    sentNanos = nowNanos;
    Push.Builder push =
        Push.newBuilder()
            .setLane(lane)
            .setOffset(offset)
            .setOperationId(message.getOperationId())
            .setOpenFrom(openFrom);
    if (message.hasAwaitedAnswer()) {
      push.setAwaitedAnswer(message.getAwaitedAnswer());
    }
    for (Copy copy : message.getCopiesList()) {
      push.addCopies(
          PushedCopy.newBuilder()
              .setConversationId(copy.getConversationId())
              .setSeq(copy.getSeq())
              .setMessage(ByteString.copyFrom(Bodies.withSeq(copy.getMessage(), copy.getSeq()))));
    }
    return new GatewayRouter.Outgoing(push.build(), targets, tracker);
  }

  long sentNanos() {
    return sentNanos;
  }

  /** Notes that no gateway is waited for any longer; false when that was noted before. */
  boolean complete() {
    boolean first = !reported;
    reported = true;
    return first;
  }

  boolean isReported() {
    return reported;
  }

  OfflineHandOff.DeliveryResult handOff() {
    List<List<String>> lists = new ArrayList<>();
    targets.cut().forEach(slice -> lists.add(slice.users()));
    return new OfflineHandOff.DeliveryResult(lane, message, lists, tracker.reached());
  }

  void finish() {
    done = true;
  }

  boolean done() {
    return done;
  }
}
