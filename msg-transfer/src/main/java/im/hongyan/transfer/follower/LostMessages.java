package im.hongyan.transfer.follower;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.messagelog.lane.HistoryStore.Row;
import im.hongyan.messagelog.lane.Tombstones;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.Deletion;
import im.hongyan.proto.sequencing.Mutation;
import im.hongyan.wire.error.StoreUnavailableException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The messages that history lacks and the log does not bring: looked for in Redis, then in the
 * inbox, no more than some hundred at a time. Single-threaded.
 */
final class LostMessages {
  private static final Logger LOG = LoggerFactory.getLogger(LostMessages.class);
  private static final int PART = 200;

  private final HistoryRepair.Sources sources;
  private final HistoryStore history;
  private final int lane;
  private final String generation;
  private final Map<String, Range> ranges;
  private long unfound;

  /**
   * Seqs of a conversation.
   *
   * @param aboutMillis send time of a message shortly before, 0 for none
   */
  record Range(long first, long last, long aboutMillis) {}

  /** Takes rows in the order of their seqs. */
  @FunctionalInterface
  interface Sink {
    /**
     * Takes one.
     *
     * @param lost whether it is a tombstone
     */
    void take(Row row, boolean lost);
  }

  /** Looks nothing up yet; an empty generation stands for a Redis that has nothing. */
  LostMessages(
      HistoryRepair.Sources sources,
      HistoryStore history,
      int lane,
      String generation,
      Map<String, Range> ranges) {
    this.sources = sources;
    this.history = history;
    this.lane = lane;
    this.generation = generation;
    this.ranges = ranges;
  }

  /** How many messages are in no store. */
  long count() {
    long missing = 0;
    unfound = 0;
    for (var entry : ranges.entrySet()) {
      long before = missing;
      for (List<Long> part : parts(entry.getValue())) {
        missing += part.size() - bodies(entry.getKey(), part).size();
      }
      unfound += missing > before ? 1 : 0;
    }
    return missing;
  }

  /** Of how many conversations some are in no store, after they were counted. */
  long unfound() {
    return unfound;
  }

  /** How many messages history lacks. */
  long wanted() {
    return ranges.values().stream().mapToLong(range -> range.last() - range.first() + 1).sum();
  }

  /**
   * Hands over all of them.
   *
   * @param tombstones whether one that is in no store gets a tombstone
   * @throws StoreUnavailableException when one is in no store and gets none
   */
  void each(boolean tombstones, long nowMillis, Sink sink) {
    ranges.forEach((id, range) -> {
      long lostFrom = 0;
      for (List<Long> part : parts(range)) {
        Map<Long, byte[]> found = bodies(id, part);
        if (found.size() < part.size() && !tombstones) {
          throw new StoreUnavailableException("lane " + lane + ": messages of " + id + " vanished");
        }
        for (long seq : part) {
          byte[] body = found.get(seq);
          if (body != null) {
            lostFrom = reportLost(id, lostFrom, seq - 1);
            sink.take(row(id, seq, body), false);
          } else {
            lostFrom = lostFrom == 0 ? seq : lostFrom;
            long millis = range.aboutMillis() > 0 ? range.aboutMillis() : nowMillis;
            sink.take(row(id, seq, Tombstones.lost(seq, millis).toByteArray()), true);
          }
        }
      }
      reportLost(id, lostFrom, range.last());
    });
  }

  private long reportLost(String id, long from, long to) {
    if (from > 0) {
      LOG.warn("lane {}: messages {} to {} of {} are given up", lane, from, to, id);
    }
    return 0;
  }

  private static Iterable<List<Long>> parts(Range range) {
    List<Long> starts =
        LongStream.iterate(range.first(), first -> first <= range.last(), first -> first + PART)
            .boxed()
            .toList();
    return () ->
        starts.stream()
            .map(first ->
                LongStream.rangeClosed(first, Math.min(first + PART - 1, range.last()))
                    .boxed()
                    .toList())
            .iterator();
  }

  private Map<Long, byte[]> bodies(String id, List<Long> seqs) {
    Map<Long, byte[]> found = new HashMap<>(cached(id, seqs));
    List<Long> rest = seqs.stream().filter(seq -> !found.containsKey(seq)).toList();
    if (!rest.isEmpty()) {
      found.putAll(sources.inbox().find(id, rest));
    }
    return found;
  }

  private Map<Long, byte[]> cached(String id, List<Long> seqs) {
    if (generation.isEmpty()) {
      return Map.of();
    }
    Map<Long, byte[]> bodies = sources.cache().bodies(lane, generation, id, seqs).values();
    if (bodies == null) {
      throw new StoreUnavailableException("lane " + lane + ": Redis changed during the repair");
    }
    return bodies;
  }

  private static Row row(String id, long seq, byte[] body) {
    MsgData message = parse(body);
    return new Row(
        id, seq, message.getSendID(), message.getClientMsgID(), message.getSendTime(), body);
  }

  private static MsgData parse(byte[] body) {
    try {
      return MsgData.parseFrom(body);
    } catch (InvalidProtocolBufferException e) {
      throw new StoreUnavailableException("a stored message is damaged", e);
    }
  }

  /** A deletion for everybody with what stays of each message; others as they are. */
  Mutation withTombstones(Mutation mutation) {
    Deletion deletion = mutation.getDeletion();
    if (!mutation.hasDeletion() || !deletion.getUserId().isEmpty()) {
      return mutation;
    }
    String id = mutation.getConversationId();
    Map<Long, byte[]> stored = new HashMap<>(history.find(id, deletion.getSeqsList()));
    stored.putAll(cached(id, deletion.getSeqsList()));
    Deletion.Builder whole = Deletion.newBuilder();
    stored.forEach((seq, body) -> {
      ByteString tombstone = Tombstones.of(parse(body)).toByteString();
      whole.addSeqs(seq).addTombstones(tombstone);
    });
    deletion.getSeqsList().stream().filter(seq -> !stored.containsKey(seq)).forEach(whole::addSeqs);
    return mutation.toBuilder().setDeletion(whole).build();
  }
}
