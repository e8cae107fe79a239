package im.hongyan.transfer.follower;

import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.messagelog.lane.HistoryStore.Changes;
import im.hongyan.messagelog.lane.HistoryStore.PrivateMessage;
import im.hongyan.messagelog.lane.HistoryStore.ReadMark;
import im.hongyan.messagelog.lane.HistoryStore.Row;
import im.hongyan.messagelog.lane.PrivateMessages;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.Deletion;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.wire.error.StoreUnavailableException;
import im.hongyan.wire.id.ConversationId;
import im.hongyan.wire.id.Utf8Order;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * The transactions of a repair, each of bounded size. All but the last leave history's offset where
 * it is, so that a repair which is cut off begins anew. Single-threaded.
 */
final class RepairTransactions {
  private static final int MOST_ITEMS = 1_000;
  private static final int MOST_BYTES = 4 << 20;

  private static final Comparator<ReadMark> SORTED =
      Comparator.comparing(ReadMark::userId, Utf8Order.INSTANCE)
          .thenComparing(ReadMark::conversationId, Utf8Order.INSTANCE);

  private final HistoryStore history;
  private final int lane;
  private final FollowerPosition at;
  private final List<Row> rows = new ArrayList<>();
  private final List<ReadMark> marks = new ArrayList<>();
  private final List<Mutation> mutations = new ArrayList<>();
  private final List<PrivateMessage> privates = new ArrayList<>();
  private long written;
  private int items;
  private int bytes;

  /** Writes to a lane whose writer stands at a position. */
  RepairTransactions(HistoryStore history, int lane, FollowerPosition at) {
    this.history = history;
    this.lane = lane;
    this.at = at;
    written = at.getRepaired();
  }

  void row(Row row, boolean lost) {
    rows.add(row);
    if (lost) {
      mutations.add(
          Mutation.newBuilder()
              .setConversationId(row.conversationId())
              .setDeletion(Deletion.newBuilder().addSeqs(row.seq()))
              .build());
    } else {
      burning(row).ifPresent(privates::add);
    }
    count(row.body().length);
  }

  private static Optional<PrivateMessage> burning(Row row) {
    if (new ConversationId(row.conversationId()).isNotification()) {
      return Optional.empty();
    }
    try {
      int seconds = PrivateMessages.burnSeconds(MsgData.parseFrom(row.body()));
      return seconds == 0
          ? Optional.empty()
          : Optional.of(new PrivateMessage(row.conversationId(), row.seq(), row.sendId(), seconds));
    } catch (InvalidProtocolBufferException e) {
      throw new StoreUnavailableException("a stored message is damaged", e);
    }
  }

  void mark(ReadMark mark) {
    marks.add(mark);
    count(0);
  }

  void mutation(Mutation mutation) {
    mutations.add(mutation);
    count(mutation.getSerializedSize());
  }

  private void count(int size) {
    items++;
    bytes += size;
    if (items >= MOST_ITEMS || bytes >= MOST_BYTES) {
      written += items;
      append(at.toBuilder().setRepaired(written).build());
    }
  }

  /** Writes the rest, and moves the position. */
  void end(FollowerPosition next) {
    append(next);
  }

  private void append(FollowerPosition next) {
    marks.sort(SORTED);
    Changes changes = new Changes(rows, marks, mutations, List.of(), privates);
    if (!history.append(lane, at.getOffset(), next, changes)) {
      throw new StoreUnavailableException("lane " + lane + ": another history writer moved on");
    }
    rows.clear();
    privates.clear();
    marks.clear();
    mutations.clear();
    items = 0;
    bytes = 0;
  }
}
