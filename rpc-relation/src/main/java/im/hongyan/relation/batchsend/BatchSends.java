package im.hongyan.relation.batchsend;

import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.batchsends.BatchSendBegun;
import im.hongyan.proto.batchsends.BatchSendsGrpc;
import im.hongyan.proto.batchsends.BeginBatchSend;
import im.hongyan.proto.batchsends.CancelBatchSend;
import im.hongyan.proto.batchsends.FindBatchSend;
import im.hongyan.proto.rest.BatchSendState;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.MessageIds;
import im.hongyan.wire.id.UserId;
import java.time.InstantSource;

/**
 * Jobs that send one message to very many users (docs/protocol/messages.md); {@link
 * BatchSendWorker} does what they say. Safe for use by several threads.
 */
public final class BatchSends implements Feature {
  /** Jobs that may run at once. */
  static final int MOST_OPEN = 100;

  private final BatchSendStore store;
  private final InstantSource clock;

  /** Creates the feature. */
  public BatchSends(BatchSendStore store, InstantSource clock) {
    this.store = store;
    this.clock = clock;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(BatchSendsGrpc.getBeginMethod(), this::begin);
    rpcs.unary(BatchSendsGrpc.getFindMethod(), this::find);
    rpcs.unary(BatchSendsGrpc.getCancelMethod(), this::cancel);
  }

  private BatchSendBegun begin(Caller caller, BeginBatchSend request) {
    if (request.getMessage().getClientMsgID().isEmpty()) {
      throw ImError.ARGS.with("clientMsgID is empty");
    }
    String jobId = MessageIds.next();
    boolean added =
        store.add(
            jobId,
            CallContext.current().operationId(),
            request.getMessage(),
            request.getReceiversList().stream().map(UserId::new).toList(),
            MOST_OPEN,
            clock.millis());
    if (!added) {
      throw ImError.TOO_MANY_REQUESTS.bare();
    }
    return BatchSendBegun.newBuilder().setJobId(jobId).build();
  }

  private BatchSendState find(Caller caller, FindBatchSend request) {
    return state(request.getJobID());
  }

  private BatchSendState cancel(Caller caller, CancelBatchSend request) {
    store.cancel(request.getJobID(), clock.millis());
    return state(request.getJobID());
  }

  private BatchSendState state(String jobId) {
    return store.find(jobId).orElseThrow(() -> ImError.RECORD_NOT_FOUND.with("no such job"));
  }
}
