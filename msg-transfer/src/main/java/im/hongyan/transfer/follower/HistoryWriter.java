package im.hongyan.transfer.follower;

import im.hongyan.messagelog.kafka.LaneConsumer;
import im.hongyan.messagelog.kafka.LaneGauges;
import im.hongyan.messagelog.kafka.LaneStart;
import im.hongyan.messagelog.lane.Bodies;
import im.hongyan.messagelog.lane.ClaimTrack;
import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.messagelog.lane.HistoryStore.Changes;
import im.hongyan.messagelog.lane.HistoryStore.Mention;
import im.hongyan.messagelog.lane.HistoryStore.PrivateMessage;
import im.hongyan.messagelog.lane.HistoryStore.ReadMark;
import im.hongyan.messagelog.lane.HistoryStore.Row;
import im.hongyan.messagelog.lane.LaneFaultException;
import im.hongyan.messagelog.lane.LaneRecord;
import im.hongyan.proto.sequencing.Clearing;
import im.hongyan.proto.sequencing.Copy;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.proto.sequencing.Joining;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.wire.error.StoreUnavailableException;
import im.hongyan.wire.id.ConversationId;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Writes every message to MySQL; rows and position move in one transaction, so that a second writer
 * of a lane, or a writer that was cut off, changes nothing. Lives in its consumer's thread.
 */
public final class HistoryWriter implements LaneConsumer.Handler {
  private final HistoryStore store;
  private final InstantSource clock;
  private final LaneGauges gauges;
  private final Repair repair;
  private final Map<Integer, WriterState> states = new HashMap<>();

  private record WriterState(long offset, ClaimTrack claims) {}

  /** Gives history what the log has lost before history had it. */
  @FunctionalInterface
  public interface Repair {
    /** Leaves all as it is, so that the lane stops. */
    Repair NONE = (lane, at, begin) -> at;

    /**
     * Writes what lies between a position and the log's begin, and returns the new position.
     *
     * @throws LaneFaultException when an operator must act
     */
    FollowerPosition run(int lane, FollowerPosition at, long begin);
  }

  /** Creates a writer. */
  public HistoryWriter(HistoryStore store, InstantSource clock, LaneGauges gauges, Repair repair) {
    this.store = store;
    this.clock = clock;
    this.gauges = gauges;
    this.repair = repair;
  }

  @Override
  public LaneStart start(int lane, long begin) {
    FollowerPosition position = store.position(lane);
    if (position.getOffset() + 1 < begin) {
      position = repair.run(lane, position, begin);
    }
    states.put(lane, new WriterState(position.getOffset(), ClaimTrack.of(position)));
    return new LaneStart(ClaimTrack.newestStart(position), position.getOffset(), false);
  }

  @Override
  public void stop(int lane) {
    states.remove(lane);
    gauges.remove(lane);
  }

  @Override
  public void handle(int lane, List<LaneRecord> records) {
    WriterState state = states.get(lane);
    if (state == null) {
      return;
    }
    SequencedBatch batch = SequencedBatch.of(state.claims(), records, state.offset());
    if (batch.lastOffset() <= state.offset()) {
      return;
    }
    List<Row> rows = new ArrayList<>();
    Map<String, ReadMark> marks = new HashMap<>();
    List<Mutation> mutations = new ArrayList<>();
    List<Mention> mentions = new ArrayList<>();
    List<PrivateMessage> privates = new ArrayList<>();
    batch
        .messages()
        .forEach(message -> {
          collect(message, rows, marks);
          mention(message).ifPresent(mentions::add);
          burning(message).ifPresent(privates::add);
          if (message.hasMutation()) {
            mutations.add(message.getMutation());
            collect(message.getMutation(), marks);
          }
        });
    FollowerPosition next =
        state.claims().position(batch.lastOffset(), clock.millis()).toBuilder()
            .setAppendedMillis(records.getLast().appendedAtMillis())
            .build();
    List<ReadMark> sorted =
        marks.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .map(Map.Entry::getValue)
            .toList();
    Changes changes = new Changes(rows, sorted, mutations, mentions, privates);
    if (!store.append(lane, state.offset(), next, changes)) {
      throw new StoreUnavailableException("lane " + lane + ": another history writer moved on");
    }
    states.put(lane, new WriterState(batch.lastOffset(), state.claims()));
    gauges.set(lane, batch.lastOffset());
  }

  private static void collect(InboundRecord message, List<Row> rows, Map<String, ReadMark> marks) {
    for (Copy copy : message.getCopiesList()) {
      if (copy.getSeq() == 0) {
        continue;
      }
      String conversation = copy.getConversationId();
      rows.add(
          new Row(
              conversation,
              copy.getSeq(),
              message.getSendId(),
              message.getClientMsgId(),
              message.getSendTimeMillis(),
              Bodies.withSeq(copy.getMessage(), copy.getSeq())));
      // Sending means having read up to one's own message.
      raise(marks, message.getSendId(), conversation, copy.getSeq());
    }
  }

  /** Of the stored copy in a group; what is not stored marks nothing. */
  private static Optional<Mention> mention(InboundRecord message) {
    if (!message.hasMentions()) {
      return Optional.empty();
    }
    return message.getCopiesList().stream()
        .filter(copy -> copy.getSeq() != 0)
        .filter(copy -> new ConversationId(copy.getConversationId()).isGroup())
        .findFirst()
        .map(copy ->
            new Mention(
                new ConversationId(copy.getConversationId()).key(),
                copy.getSeq(),
                message.getSendId(),
                message.getSendTimeMillis(),
                message.getMentions()));
  }

  /** The chat copy, where it is deleted once it was read. */
  private static Optional<PrivateMessage> burning(InboundRecord message) {
    if (message.getBurnSeconds() <= 0 || message.getCopies(0).getSeq() == 0) {
      return Optional.empty();
    }
    Copy copy = message.getCopies(0);
    return Optional.of(
        new PrivateMessage(
            copy.getConversationId(),
            copy.getSeq(),
            message.getSendId(),
            message.getBurnSeconds()));
  }

  private static void collect(Mutation mutation, Map<String, ReadMark> marks) {
    String conversation = mutation.getConversationId();
    if (mutation.hasRead()) {
      raise(marks, mutation.getRead().getUserId(), conversation, mutation.getRead().getSeq());
    }
    Clearing clearing = mutation.getClearing();
    if (mutation.hasClearing() && !clearing.getUserId().isEmpty()) {
      raise(marks, clearing.getUserId(), conversation, clearing.getThroughSeq());
    }
    Joining joining = mutation.getJoining();
    for (String user : joining.getUserIdsList()) {
      raise(marks, user, conversation, joining.getFromSeq() - 1);
    }
  }

  private static void raise(
      Map<String, ReadMark> marks, String user, String conversation, long seq) {
    marks.merge(
        user + "\0" + conversation,
        new ReadMark(user, conversation, seq),
        (a, b) -> a.seq() >= b.seq() ? a : b);
  }
}
