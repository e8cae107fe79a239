package im.hongyan.msg.mutation;

import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.rpc.RpcErrors;
import im.hongyan.msg.pull.HandledWaits;
import im.hongyan.msg.send.LaneAcceptors;
import im.hongyan.msg.send.LaneAcceptors.LanePlace;
import im.hongyan.proto.sequencing.AwaitedAnswer;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.UserId;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Puts mutations into the log and waits until they are visible, so that whoever is answered finds
 * them (docs/sequencing.md). Safe for use by several threads; blocks.
 */
public final class Mutations {
  private final Log log;
  private final InstantSource clock;

  /** The log of all lanes, as far as mutations need it. */
  public interface Log {
    /** Puts a record into the lane of the conversation that it changes. */
    CompletableFuture<LanePlace> append(InboundRecord record);

    /** Waits, for at most two seconds, until a lane's records up to this offset are visible. */
    void awaitHandled(int lane, long inboundOffset);

    /** The log behind acceptors. */
    static Log of(LaneAcceptors acceptors, HandledWaits waits) {
      return new Log() {
        @Override
        public CompletableFuture<LanePlace> append(InboundRecord record) {
          return acceptors.append(record);
        }

        @Override
        public void awaitHandled(int lane, long inboundOffset) {
          waits.await(lane, inboundOffset);
        }
      };
    }
  }

  public Mutations(Log log, InstantSource clock) {
    this.log = log;
    this.clock = clock;
  }

  /** The time that notifications carry. */
  long now() {
    return clock.millis();
  }

  /** A record of a mutation and of its notification. */
  InboundRecord record(Mutation mutation, UserId user, @Nullable LoggedNotification notification) {
    return record(user.value(), notification).setMutation(mutation).build();
  }

  /** A record of a notification alone. */
  InboundRecord record(LoggedNotification notification) {
    return record(notification.message().getSendID(), notification).build();
  }

  private InboundRecord.Builder record(String userId, @Nullable LoggedNotification notification) {
    CallContext call = CallContext.current();
    InboundRecord.Builder record =
        InboundRecord.newBuilder()
            .setSendId(userId)
            .setClientMsgId(MessageIds.next())
            .setSendTimeMillis(clock.millis())
            .setOperationId(call.operationId());
    if (notification != null) {
      record
          .setSendId(notification.message().getSendID())
          .setClientMsgId(notification.message().getClientMsgID())
          .setSendTimeMillis(notification.message().getSendTime())
          .addCopies(notification.copy())
          .addAllRecipients(notification.recipients())
          .setRecipientGroupId(notification.recipientGroup());
      if (!call.awaitedId().isEmpty()) {
        record.setAwaitedAnswer(
            AwaitedAnswer.newBuilder().setCallId(call.awaitedId()).setUserId(call.userId()));
      }
    }
    return record;
  }

  /**
   * Appends records in this order, where they share a lane, and waits until all are visible.
   *
   * @throws im.hongyan.wire.error.ImException 500 when the log does not take one, or the sequencer
   *     is behind by more than two seconds; it may come into effect later all the same
   */
  void apply(List<InboundRecord> records) {
    List<CompletableFuture<LanePlace>> appends = records.stream().map(log::append).toList();
    Map<Integer, Long> last = new HashMap<>();
    try {
      for (CompletableFuture<LanePlace> append : appends) {
        LanePlace place = append.join();
        last.merge(place.lane(), place.offset(), Math::max);
      }
    } catch (CompletionException e) {
      throw RpcErrors.coded(e.getCause() == null ? e : e.getCause());
    }
    last.forEach(log::awaitHandled);
  }
}
