package im.hongyan.msg.send;

import com.google.protobuf.ByteString;
import im.hongyan.kit.limit.Batcher;
import im.hongyan.messagelog.kafka.LaneProducer;
import im.hongyan.messagelog.kafka.LaneRecords;
import im.hongyan.messagelog.kafka.Topics;
import im.hongyan.messagelog.redis.LaneCache.Admission;
import im.hongyan.messagelog.redis.LaneCache.Candidate;
import im.hongyan.msg.pull.LaneReader;
import im.hongyan.msg.send.Acceptance.SentIds;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.Copy;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.wire.error.ImException;
import java.time.InstantSource;
import java.util.ArrayList;
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
  private final LaneReader reader;
  private final LaneProducer producer;
  private final InstantSource clock;
  private final Batcher<Waiting> sends;

  private record Waiting(MsgData message, InboundRecord record, CompletableFuture<SentIds> answer) {
    Candidate candidate() {
      return new Candidate(
          record.getCopies(0).getConversationId(),
          record.getSendId(),
          record.getClientMsgId(),
          message.getServerMsgID(),
          message.getSendTime());
    }
  }

  LaneAcceptor(int lane, LaneReader reader, LaneProducer producer, InstantSource clock) {
    this.lane = lane;
    this.reader = reader;
    this.producer = producer;
    this.clock = clock;
    sends = new Batcher<>("accept-" + lane, MAX_WAITING, MAX_BATCH, new Accepting()).start();
  }

  CompletableFuture<SentIds> accept(MsgData message, InboundRecord record) {
    Waiting waiting = new Waiting(message, record, new CompletableFuture<>());
    if (!sends.offer(waiting)) {
      waiting.answer().completeExceptionally(ImException.internal("too many sends wait", null));
    }
    return waiting.answer();
  }

  /** Puts a record that needs no ticket into the lane; its offset is the answer. */
  CompletableFuture<Long> append(InboundRecord record) {
    return producer
        .append(Topics.INBOUND, lane, LaneRecords.encode(record))
        .handle((offset, failure) -> {
          if (failure != null) {
            throw ImException.internal("Kafka did not take the record", failure);
          }
          return offset;
        });
  }

  private final class Accepting implements Batcher.Handler<Waiting> {
    @Override
    public void handle(List<Waiting> batch) {
      accept(batch);
    }

    @Override
    public void failed(List<Waiting> batch, RuntimeException failure) {
      batch.forEach(waiting -> waiting.answer().completeExceptionally(failure));
    }

    @Override
    public void closed(List<Waiting> rest) {
      failed(rest, ImException.internal("the service ends", null));
    }
  }

  private void accept(List<Waiting> batch) {
    List<Candidate> candidates = batch.stream().map(Waiting::candidate).toList();
    LaneReader.Admitted admitted = reader.admit(lane, candidates, clock.millis());
    List<CompletableFuture<Long>> appends = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      Waiting waiting = batch.get(i);
      Admission admission = admitted.admissions().get(i);
      if (admission.sequencedAs() > 0) {
        Thread.startVirtualThread(() -> answerResend(waiting, admission.sequencedAs()));
      } else if (!admitted.windowsComplete()) {
        appends.add(appendUnlessStored(waiting, admission));
      } else {
        appends.add(append(waiting, admission));
      }
    }
    // One batch in flight: what comes meanwhile is the next.
    for (CompletableFuture<Long> append : appends) {
      append.handle((offset, failure) -> offset).join();
    }
  }

  private CompletableFuture<Long> appendUnlessStored(Waiting waiting, Admission admission) {
    var stored = reader.findSent(waiting.candidate());
    if (stored.isPresent()) {
      answer(waiting, stored.get());
      return CompletableFuture.completedFuture(-1L);
    }
    return append(waiting, admission);
  }

  private CompletableFuture<Long> append(Waiting waiting, Admission admission) {
    SentIds ids = new SentIds(admission.serverMsgId(), admission.sendTimeMillis());
    byte[] value = LaneRecords.encode(withIds(waiting, ids));
    return producer
        .append(Topics.INBOUND, lane, value)
        .whenComplete((offset, failure) -> {
          if (failure == null) {
            waiting.answer().complete(ids);
          } else {
            waiting
                .answer()
                .completeExceptionally(
                    ImException.internal("Kafka did not take the message", failure));
          }
        });
  }

  /** The record with the ids of the ticket, which differ where this is a resend. */
  private static InboundRecord withIds(Waiting waiting, SentIds ids) {
    MsgData message = waiting.message();
    if (ids.serverMsgId().equals(message.getServerMsgID())
        && ids.sendTimeMillis() == message.getSendTime()) {
      return waiting.record();
    }
    ByteString override =
        MsgData.newBuilder()
            .setServerMsgID(ids.serverMsgId())
            .setSendTime(ids.sendTimeMillis())
            .build()
            .toByteString();
    InboundRecord.Builder record =
        waiting.record().toBuilder().setSendTimeMillis(ids.sendTimeMillis());
    for (int i = 0; i < record.getCopiesCount(); i++) {
      Copy copy = record.getCopies(i);
      record.setCopies(i, copy.toBuilder().setMessage(copy.getMessage().concat(override)));
    }
    return record.build();
  }

  private void answerResend(Waiting waiting, long seq) {
    try {
      Candidate candidate = waiting.candidate();
      MsgData stored = reader.message(candidate.conversationId(), seq);
      if (!stored.getClientMsgID().equals(candidate.clientMsgId())
          || !stored.getSendID().equals(candidate.sendId())) {
        throw ImException.internal("two messages share a place in the resend window", null);
      }
      answer(waiting, stored);
    } catch (RuntimeException e) {
      waiting.answer().completeExceptionally(e);
    }
  }

  private static void answer(Waiting waiting, MsgData stored) {
    waiting.answer().complete(new SentIds(stored.getServerMsgID(), stored.getSendTime()));
  }

  @Override
  public void close() {
    sends.close();
  }
}
