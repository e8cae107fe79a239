package im.hongyan.msg.send;

import im.hongyan.kit.limit.Batcher;
import im.hongyan.messagelog.kafka.LaneRecords;
import im.hongyan.messagelog.lane.InboundLog;
import im.hongyan.msg.pull.LaneReader;
import im.hongyan.msg.send.Acceptance.SentIds;
import im.hongyan.msg.send.BatchAcceptor.Waiting;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.wire.error.StoreUnavailableException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Accepts the messages of one lane in batches: what arrives while one batch is on its way to Redis
 * and Kafka is the next (docs/sequencing.md A3 and A4). One virtual thread takes the batches.
 */
final class LaneAcceptor implements AutoCloseable {
  private static final int MAX_WAITING = 10_000;
  private static final int MAX_BATCH = 500;

  private final int lane;
  private final BatchAcceptor acceptor;
  private final InboundLog log;
  private final Batcher<Waiting> sends;

  LaneAcceptor(int lane, LaneReader reader, InboundLog log, InstantSource clock) {
    this.lane = lane;
    this.log = log;
    acceptor = new BatchAcceptor(lane, reader, log, clock, Thread::startVirtualThread);
    sends = new Batcher<>("accept-" + lane, MAX_WAITING, MAX_BATCH, new Accepting()).start();
  }

  CompletableFuture<SentIds> accept(MsgData message, InboundRecord record) {
    Waiting waiting = new Waiting(message, record, new CompletableFuture<>());
    if (!sends.offer(waiting)) {
      waiting
          .answer()
          .completeExceptionally(new StoreUnavailableException("the lane takes no more sends now"));
    }
    return waiting.answer();
  }

  /** Puts a record that needs no ticket into the lane; its offset is the answer. */
  CompletableFuture<Long> append(InboundRecord record) {
    return log.append(lane, LaneRecords.encode(record))
        .handle((offset, failure) -> {
          if (failure != null) {
            throw new StoreUnavailableException("Kafka did not take the record", failure);
          }
          return offset;
        });
  }

  private final class Accepting implements Batcher.Handler<Waiting> {
    @Override
    public void handle(List<Waiting> batch) {
      acceptor.accept(batch);
    }

    @Override
    public void failed(List<Waiting> batch, RuntimeException failure) {
      batch.forEach(waiting -> waiting.answer().completeExceptionally(failure));
    }

    @Override
    public void closed(List<Waiting> rest) {
      failed(rest, new StoreUnavailableException("the service ends"));
    }
  }

  boolean isRunning() {
    return sends.isRunning();
  }

  @Override
  public void close() {
    sends.close();
  }
}
