package im.hongyan.transfer.sequencer;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.kit.lifecycle.Periodic;
import im.hongyan.kit.service.ServiceContext;
import im.hongyan.messagelog.kafka.Checkpoints;
import im.hongyan.messagelog.kafka.ConsumerGroups;
import im.hongyan.messagelog.kafka.LaneConsumer;
import im.hongyan.messagelog.kafka.LaneGauges;
import im.hongyan.messagelog.kafka.LaneStart;
import im.hongyan.messagelog.kafka.Topics;
import im.hongyan.messagelog.lane.LaneFaultException;
import im.hongyan.messagelog.lane.LaneRecord;
import im.hongyan.messagelog.lane.PositionMetadata;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sequences the lanes that the consumer group of im-inbound gives this process. The consumer's
 * thread owns all lanes; at the end of a turn it lets the lanes wait for log and Redis side by
 * side, one thread each, and goes on when all have ended. Takeovers run beside it, so that a long
 * fold delays no other lane. Its creator closes it.
 */
public final class Sequencer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Sequencer.class);
  private static final int MAX_BATCH = 500;

  private final LaneStores stores;
  private final Checkpoints checkpoints;
  private final LaneGauges sequenced;
  private final LaneGauges visible;
  private final LanePauses pauses;
  private final LaneConsumer consumer;
  private final Map<Integer, LaneOwner> owners = new ConcurrentHashMap<>();
  private final Map<Integer, CompletableFuture<Takeover.Owned>> takeovers = new HashMap<>();
  private final ExecutorService finishers = Executors.newVirtualThreadPerTaskExecutor();
  private final Periodic historyWatch;

  /**
   * Joins the group and begins.
   *
   * @param checkpoints of this group
   */
  public Sequencer(
      KafkaConfig kafka, LaneStores stores, Checkpoints checkpoints, ServiceContext context) {
    this.stores = stores;
    this.checkpoints = checkpoints;
    sequenced = new LaneGauges(context.meters(), "sequenced");
    visible = new LaneGauges(context.meters(), "visible");
    pauses = new LanePauses(context.meters());
    historyWatch =
        Periodic.every(
            Duration.ofSeconds(1), "history-watch", context.meters(), this::watchHistory);
    consumer =
        new LaneConsumer(
            kafka,
            new LaneConsumer.Reading(
                Topics.INBOUND, ConsumerGroups.SEQUENCER, context.nodeId(), false, MAX_BATCH),
            new Lanes());
  }

  /** Whether all lanes that the group gives this process are taken over. */
  public boolean isRunning() {
    return consumer.isRunning();
  }

  /** Why lanes cannot go on until an operator acts; empty where all can. */
  public String faults() {
    return consumer.faults();
  }

  /** The lanes that are taken over at present. */
  public Set<Integer> lanes() {
    return Set.copyOf(owners.keySet());
  }

  /** A lane's log has lost records: it is looked at anew. */
  public void takeOverAgain(int lane) {
    LaneOwner owner = owners.get(lane);
    if (owner != null) {
      owner.takeOverAgain();
    }
  }

  private void watchHistory() {
    owners.forEach((lane, owner) -> {
      try {
        owner.historyAt(stores.history().position(lane).getOffset());
      } catch (RuntimeException e) {
        LOG.debug("history does not report its position", e);
      }
    });
  }

  @Override
  public void close() {
    consumer.close();
    historyWatch.close();
    finishers.shutdownNow();
  }

  private final class Lanes implements LaneConsumer.Handler {
    @Override
    public LaneStart start(int lane, long begin) {
      CompletableFuture<Takeover.Owned> running = takeovers.get(lane);
      if (running == null) {
        release(lane);
        takeovers.put(lane, begin(lane));
        return LaneStart.NOT_YET;
      }
      if (!running.isDone()) {
        return LaneStart.NOT_YET;
      }
      takeovers.remove(lane);
      LaneOwner owner = new LaneOwner(lane, stores, taken(running));
      owners.put(lane, owner);
      return LaneStart.at(owner.nextInbound());
    }

    private static Takeover.Owned taken(CompletableFuture<Takeover.Owned> takeover) {
      try {
        return takeover.join();
      } catch (CompletionException e) {
        throw e.getCause() instanceof LaneFaultException fault ? fault : e;
      }
    }

    @Override
    public void stop(int lane) {
      CompletableFuture<Takeover.Owned> running = takeovers.remove(lane);
      if (running != null) {
        running.thenAccept(owned -> owned.appends().close());
      }
      release(lane);
    }

    @Override
    public void handle(int lane, List<LaneRecord> records) {
      LaneOwner owner = owners.get(lane);
      if (owner == null) {
        return;
      }
      try {
        owner.number(records);
      } catch (RuntimeException e) {
        // What was taken but not numbered must not get into a checkpoint.
        release(lane);
        throw e;
      }
    }

    @Override
    public boolean acceptsMore(int lane) {
      LaneOwner owner = owners.get(lane);
      return owner != null && owner.ready();
    }

    @Override
    public boolean hasPendingWork() {
      return owners.values().stream().anyMatch(owner -> !owner.allVisible());
    }

    @Override
    public Set<Integer> finish() {
      Map<Integer, Future<?>> finishing = new HashMap<>();
      owners.forEach((lane, owner) -> finishing.put(lane, finishers.submit(owner::finish)));
      Set<Integer> failed = new HashSet<>();
      finishing.forEach((lane, future) -> {
        if (!finished(lane, future)) {
          failed.add(lane);
        }
      });
      failed.forEach(this::release);
      return failed;
    }

    private boolean finished(int lane, Future<?> future) {
      try {
        future.get();
        LaneOwner owner = Objects.requireNonNull(owners.get(lane));
        sequenced.set(lane, owner.lastOffset());
        visible.set(lane, owner.visibleOffset());
        pauses.set(lane, LanePauses.Reason.REDIS, !owner.allVisible());
        pauses.set(lane, LanePauses.Reason.HISTORY, owner.held());
        return true;
      } catch (ExecutionException e) {
        LOG.warn("lane {} is taken over anew: {}", lane, String.valueOf(e.getCause()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return false;
    }

    @Override
    public Map<Integer, Checkpoints.Checkpoint> checkpoints() {
      Map<Integer, Checkpoints.Checkpoint> checkpoints = new HashMap<>();
      owners.forEach((lane, owner) -> {
        if (owner.allVisible()) {
          checkpoints.put(
              lane,
              new Checkpoints.Checkpoint(
                  owner.nextInbound(), PositionMetadata.encode(owner.checkpoint())));
        }
      });
      return checkpoints;
    }

    private void release(int lane) {
      LaneOwner owner = owners.remove(lane);
      if (owner != null) {
        owner.close();
        sequenced.remove(lane);
        visible.remove(lane);
        pauses.remove(lane);
      }
    }
  }

  /** What nobody could ever read is not accepted. */
  private void refuseSends(int lane) {
    try {
      stores.cache().close(lane);
    } catch (RuntimeException away) {
      LOG.warn(
          "lane {}: Redis cannot be informed that sends are refused: {}", lane, away.toString());
    }
  }

  private CompletableFuture<Takeover.Owned> begin(int lane) {
    CompletableFuture<Takeover.Owned> result = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("takeover-" + lane)
        .start(() -> {
          try {
            Checkpoints.Checkpoint at = checkpoints.read(lane);
            result.complete(
                new Takeover(lane, stores, PositionMetadata.decode(at.metadata()))
                    .run(at.offset() - 1));
          } catch (LaneFaultException fault) {
            refuseSends(lane);
            result.completeExceptionally(fault);
          } catch (RuntimeException e) {
            result.completeExceptionally(e);
          }
        });
    return result;
  }
}
