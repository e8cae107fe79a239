package im.hongyan.msg.retention;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.messagelog.lane.MessageTimes;
import im.hongyan.messagelog.mysql.HistoryRetentionStore;
import im.hongyan.msg.mutation.Clears;
import im.hongyan.msg.pull.LaneReader.Top;
import im.hongyan.msg.pull.UserReader;
import im.hongyan.proto.msg.DeleteMsgPhysicalReq;
import im.hongyan.proto.msg.DeleteMsgPhysicalResp;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.wire.authz.Caller;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;

/**
 * Deletes what is older than an age from conversations, physically and for everybody
 * (rest-message.md 6.15): nobody reads it from the answer on, and it is out of the stores soon
 * after. Safe for use by several threads; blocks.
 */
public final class PhysicalDeletions implements Feature {
  private final UserReader reader;
  private final MessageTimes times;
  private final HistoryRetentionStore store;
  private final Clears clears;
  private final InstantSource clock;

  /** Creates the feature. */
  public PhysicalDeletions(
      UserReader reader,
      MessageTimes times,
      HistoryRetentionStore store,
      Clears clears,
      InstantSource clock) {
    this.reader = reader;
    this.times = times;
    this.store = store;
    this.clears = clears;
    this.clock = clock;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(msgGrpc.getDeleteMsgPhysicalMethod(), this::delete);
  }

  private DeleteMsgPhysicalResp delete(Caller caller, DeleteMsgPhysicalReq request) {
    long now = clock.millis();
    long until = now - Math.min(request.getTimestamp(), now / 1_000) * 1_000;
    Map<String, Long> through = new HashMap<>();
    reader
        .accesses(UserReader.NOBODY, new LinkedHashSet<>(request.getConversationIDsList()))
        .forEach((id, access) -> {
          Top top = access.top();
          long seq = top.sendTimeMillis() <= until ? top.seq() : times.newestUntil(id, until);
          if (seq > 0) {
            through.put(id, seq);
          }
        });
    if (!through.isEmpty()) {
      // First, so that it is done to its end wherever this process dies.
      store.ask(through, now);
      clears.forEverybody(through);
    }
    return DeleteMsgPhysicalResp.getDefaultInstance();
  }
}
