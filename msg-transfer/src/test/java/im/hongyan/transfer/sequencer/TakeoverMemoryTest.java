package im.hongyan.transfer.sequencer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import im.hongyan.messagelog.kafka.LaneRecords;
import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.messagelog.lane.LaneBatch;
import im.hongyan.messagelog.lane.LaneCache;
import im.hongyan.messagelog.lane.LaneCache.Candidate;
import im.hongyan.messagelog.lane.LaneCache.Read;
import im.hongyan.messagelog.lane.LaneCache.Top;
import im.hongyan.messagelog.lane.LaneLog;
import im.hongyan.messagelog.lane.LaneLogs;
import im.hongyan.messagelog.lane.LaneRecord;
import im.hongyan.messagelog.lane.LaneState;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sequencing.Claim;
import im.hongyan.proto.sequencing.Copy;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.proto.sequencing.InboundRecord;
import im.hongyan.proto.sequencing.SequencedRecord;
import im.hongyan.testkit.system.Jvm;
import im.hongyan.testkit.system.TestProgram;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Proves that a takeover needs little memory, however much there is to read and to load. */
class TakeoverMemoryTest {
  private static final int RECORDS = 60_000;
  private static final int CONTENT_BYTES = 4_000;
  private static final int DONE = 42;

  @TempDir private Path folder;

  @Test
  void aTakeoverOfMoreThanTheHeapHoldsIsDone() {
    try (TestProgram program =
        TestProgram.start(
            new TestProgram.JavaStart(
                InASmallHeap.class.getName(),
                List.of(),
                Jvm.light("48m"),
                Map.of(),
                folder.resolve("log")))) {
      assertThat(program.awaitExit()).as(() -> program.output()).isEqualTo(DONE);
    }
  }

  /** Takes over a lane of 240 MB that Redis has lost. */
  static final class InASmallHeap {
    private InASmallHeap() {}

    public static void main(String[] arguments) {
      Loaded redis = new Loaded();
      LaneStores stores =
          new LaneStores(
              new ManyRecords(),
              redis,
              new NoHistory(),
              InstantSource.system(),
              new SequencerMeters(new SimpleMeterRegistry()),
              "test");
      Takeover.Owned owned = new Takeover(0, stores, HistoryStore.START).run(-1);
      boolean all = redis.loaded == RECORDS && owned.tail().lastInbound() == RECORDS;
      System.exit(all ? DONE : 1);
    }
  }

  /** A claim, so many messages under it, and the claim of the takeover. */
  private static final class ManyRecords implements LaneLogs {
    private static final ByteString MESSAGE =
        MsgData.newBuilder()
            .setContent(ByteString.copyFrom(new byte[CONTENT_BYTES]))
            .build()
            .toByteString();

    @Override
    public Appends appends(int lane) {
      return new Appends() {
        @Override
        public CompletableFuture<Long> append(byte[] value) {
          return CompletableFuture.completedFuture(RECORDS + 1L);
        }

        @Override
        public CompletableFuture<?> deadLetter(LaneRecord record, String reason) {
          throw new AssertionError(reason);
        }

        @Override
        public void close() {
          // nothing is held
        }
      };
    }

    @Override
    public LaneLog sequenced(int lane) {
      return new LaneLog() {
        @Override
        public long begin() {
          return 0;
        }

        @Override
        public long end() {
          return RECORDS + 2L;
        }

        @Override
        public void read(long from, long to, Consumer<LaneRecord> sink) {
          for (long offset = from; offset < to; offset++) {
            sink.accept(new LaneRecord(offset, 1, LaneRecords.encode(record(offset))));
          }
        }

        @Override
        public List<LaneRecord> read(long from, long to) {
          List<LaneRecord> records = new ArrayList<>();
          read(from, to, records::add);
          return records;
        }

        @Override
        public void close() {
          // nothing is held
        }
      };
    }

    private static SequencedRecord record(long offset) {
      SequencedRecord.Builder record = SequencedRecord.newBuilder();
      if (offset == 0 || offset > RECORDS) {
        return record.setClaim(Claim.getDefaultInstance()).build();
      }
      InboundRecord message =
          InboundRecord.newBuilder()
              .setSendId("alice")
              .setClientMsgId("c" + offset)
              .addCopies(
                  Copy.newBuilder()
                      .setConversationId("si_alice_bob")
                      .setStored(true)
                      .setSeq(offset)
                      .setMessage(MESSAGE))
              .build();
      return record.setInboundOffset(offset).setMessage(message).build();
    }

    @Override
    public LaneLog inbound(int lane) {
      return sequenced(lane);
    }
  }

  /** A Redis that has lost the lane, and counts what is loaded. */
  private static final class Loaded implements LaneCache {
    private int loaded;

    @Override
    public LaneState state(int lane) {
      return LaneState.ABSENT;
    }

    @Override
    public boolean apply(
        int lane, LaneState expected, long newPosition, LaneBatch batch, boolean trim) {
      return false;
    }

    @Override
    public void load(int lane, String generation, int loadedBefore, LaneBatch batch) {
      loaded += batch.copies().size();
    }

    @Override
    public boolean publish(
        int lane, LaneState next, int all, LaneState replaced, long lastInbound) {
      return true;
    }

    @Override
    public String server(int lane) {
      return "server";
    }

    @Override
    public boolean open(int lane, LaneState expected, String server) {
      return true;
    }

    @Override
    public void close(int lane) {}

    @Override
    public Read<Map<String, Top>> seqs(int lane, String generation, List<String> conversations) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Read<List<Long>> windowed(
        int lane, String generation, List<Candidate> candidates, long nowMillis) {
      throw new UnsupportedOperationException();
    }

    @Override
    public String newGeneration() {
      return "new";
    }

    @Override
    public Admissions admit(
        int lane, LaneState known, long least, List<Candidate> candidates, long nowMillis) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long lastInbound(int lane) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Read<Map<Long, byte[]>> bodies(
        int lane, String generation, String conversation, Collection<Long> seqs) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Read<Boolean> known(int lane, String generation, Candidate candidate, long nowMillis) {
      throw new UnsupportedOperationException();
    }
  }

  private static final class NoHistory implements HistoryStore {
    @Override
    public boolean append(int lane, long expected, FollowerPosition next, Changes changes) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Map<Long, byte[]> find(String conversationId, Collection<Long> seqs) {
      throw new UnsupportedOperationException();
    }

    @Override
    public FollowerPosition position(int lane) {
      return HistoryStore.START;
    }

    @Override
    public HistoryStore.Heights heights(int lane, Collection<String> conversationIds) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Optional<HistoryStore.Row> findSent(
        String conversationId, String sendId, String clientMsgId) {
      return Optional.empty();
    }
  }
}
