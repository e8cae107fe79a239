package im.hongyan.msg.send;

import com.google.protobuf.ByteString;
import im.hongyan.messagelog.kafka.LaneRecords;
import im.hongyan.messagelog.lane.InboundLog;
import im.hongyan.messagelog.lane.LaneCache.Admission;
import im.hongyan.messagelog.lane.LaneCache.Candidate;
import im.hongyan.messagelog.lane.ResendKeys;
import im.hongyan.msg.pull.LaneReader;
import im.hongyan.msg.send.Acceptance.SentIds;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.Copy;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.error.StoreUnavailableException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Accepts batches of one lane's messages: looks for resends, opens tickets and appends to Kafka
 * (docs/sequencing.md A3 and A4). One thread calls it.
 */
public final class BatchAcceptor {
  private final int lane;
  private final LaneReader reader;
  private final InboundLog log;
  private final InstantSource clock;
  private final Executor resends;

  /** A message that waits to be accepted; its answer comes once Kafka has it, or fails. */
  public record Waiting(MsgData message, InboundRecord record, CompletableFuture<SentIds> answer) {
    Candidate candidate() {
      return new Candidate(
          record.getCopies(0).getConversationId(),
          record.getSendId(),
          ResendKeys.of(record),
          message.getServerMsgID(),
          message.getSendTime());
    }
  }

  /**
   * Creates an acceptor.
   *
   * @param resends answers messages that are in the log already
   */
  public BatchAcceptor(
      int lane, LaneReader reader, InboundLog log, InstantSource clock, Executor resends) {
    this.lane = lane;
    this.reader = reader;
    this.log = log;
    this.clock = clock;
    this.resends = resends;
  }

  /**
   * Accepts a batch, and waits until each of its messages has its outcome.
   *
   * @throws ImException 500 when the lane cannot be read; nobody is answered then
   */
  public void accept(List<Waiting> batch) {
    List<Candidate> candidates = batch.stream().map(Waiting::candidate).toList();
    LaneReader.Admitted admitted = reader.admit(lane, candidates, clock.millis());
    List<CompletableFuture<Long>> appends = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      Waiting waiting = batch.get(i);
      Admission admission = admitted.admissions().get(i);
      if (admission.sequencedAs() > 0) {
        resends.execute(() -> answerResend(waiting, admission.sequencedAs()));
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
    return log.append(lane, value)
        .whenComplete((offset, failure) -> {
          if (failure == null) {
            waiting.answer().complete(ids);
          } else {
            waiting
                .answer()
                .completeExceptionally(
                    new StoreUnavailableException("Kafka did not take the message", failure));
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
        throw new StoreUnavailableException("two messages share a place in the resend window");
      }
      answer(waiting, stored);
    } catch (RuntimeException e) {
      waiting.answer().completeExceptionally(e);
    }
  }

  private static void answer(Waiting waiting, MsgData stored) {
    waiting.answer().complete(new SentIds(stored.getServerMsgID(), stored.getSendTime()));
  }
}
