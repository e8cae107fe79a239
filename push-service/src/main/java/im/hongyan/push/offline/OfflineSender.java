package im.hongyan.push.offline;

import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.kit.call.CallContext;
import im.hongyan.messagelog.kafka.Checkpoints;
import im.hongyan.messagelog.kafka.LaneConsumer;
import im.hongyan.messagelog.kafka.LaneRecords;
import im.hongyan.messagelog.kafka.LaneStart;
import im.hongyan.messagelog.lane.LaneRecord;
import im.hongyan.proto.offline.OfflineRecord;
import im.hongyan.proto.offline.OptionsOfUsers;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.proto.sdkws.OfflinePushInfo;
import im.hongyan.webhooks.PushHooks;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.SessionType;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.IntToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notifies users of messages that reached them on no phone: takes im-offline-push and hands each
 * message to the provider, many beside each other, so that a slow one delays no other. An offset is
 * committed when everything up to it was taken or given up, so a killed process repeats what it had
 * not finished. Handler calls belong to the consumer's thread; its creator closes it after the
 * consumer.
 */
public final class OfflineSender implements LaneConsumer.Handler, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(OfflineSender.class);

  /** Records of a lane that are read and not finished. */
  private static final int MOST_UNDER_WAY = 2_000;

  private static final int MOST_SENDING = 64;

  /** Users of groups' notifications that are in memory at once, of all lanes. */
  private static final int MOST_USERS_UNDER_WAY = 50_000;

  /** Users that one call asks for. */
  private static final int MOST_ASKED_USERS = 10_000;

  /** As many messages as one call may ask for. */
  private static final int MOST_ASKED = 1_000;

  private static final long LONGEST_PAUSE_MILLIS = 8_000;

  private final IntToLongFunction starts;
  private final OfflineRules.Options options;
  private final PushHooks hooks;
  private final OfflineProvider provider;
  private final int attempts;
  private final long firstPauseMillis;
  private final Counter failed;
  private final Map<Integer, LaneProgress> lanes = new HashMap<>();
  private final Semaphore sending = new Semaphore(MOST_SENDING);
  private final Semaphore users = new Semaphore(MOST_USERS_UNDER_WAY);
  private final Set<Thread> working = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  private static final class LaneProgress {
    final Deque<Task> underWay = new ArrayDeque<>();
    long next;

    LaneProgress(long from) {
      next = from;
    }
  }

  private static final class Task {
    final long offset;
    volatile boolean done;

    Task(long offset) {
      this.offset = offset;
    }
  }

  /** What is to be sent; of a group's messages only while it is its turn. */
  private record Work(Task task, OfflineRecord record, MsgData message) {
    static Work of(Task task, byte[] raw) throws InvalidProtocolBufferException {
      OfflineRecord record = LaneRecords.decode(raw, OfflineRecord.parser());
      return new Work(task, record, MsgData.parseFrom(record.getMessage()));
    }

    boolean ofGroup() {
      return message.getSessionType() == SessionType.GROUP.number();
    }
  }

  /**
   * A group's message that waits for its turn, as it was read.
   *
   * @param users that it is for, counted so that one turn always fits
   */
  private record Waiting(Task task, byte[] raw, int users) {
    static Waiting of(Work work, byte[] raw) {
      int users = work.record().getUserIdsCount();
      return new Waiting(work.task(), raw, Math.min(users, MOST_ASKED_USERS));
    }

    Work work() {
      try {
        return Work.of(task, raw);
      } catch (InvalidProtocolBufferException e) {
        throw new AssertionError("it was read before", e);
      }
    }
  }

  /**
   * How often a provider is tried.
   *
   * @param attempts tries of one notification
   * @param firstPause before the second try; doubles
   */
  public record Tries(int attempts, Duration firstPause) {}

  /**
   * Creates a sender.
   *
   * @param starts the offset that was committed for a lane
   */
  OfflineSender(
      IntToLongFunction starts,
      OfflineRules.Options options,
      PushHooks hooks,
      OfflineProvider provider,
      Tries tries,
      MeterRegistry meters) {
    this.starts = starts;
    this.options = options;
    this.hooks = hooks;
    this.provider = provider;
    attempts = tries.attempts();
    firstPauseMillis = tries.firstPause().toMillis();
    failed = meters.counter("msg_offline_push_failed");
  }

  @Override
  public LaneStart start(int lane, long begin) {
    long committed = starts.applyAsLong(lane);
    long from = Math.max(committed, begin);
    lanes.put(lane, new LaneProgress(from));
    return new LaneStart(from, committed - 1, true);
  }

  @Override
  public void stop(int lane) {
    lanes.remove(lane);
  }

  @Override
  public boolean acceptsMore(int lane) {
    LaneProgress progress = lanes.get(lane);
    return progress != null && progress.underWay.size() < MOST_UNDER_WAY;
  }

  @Override
  public void handle(int lane, List<LaneRecord> records) {
    LaneProgress progress = lanes.get(lane);
    if (progress == null) {
      return;
    }
    List<Waiting> groups = new ArrayList<>();
    for (LaneRecord raw : records) {
      Task task = new Task(raw.offset());
      try {
        Work work = Work.of(task, raw.value());
        progress.underWay.addLast(task);
        if (work.ofGroup()) {
          groups.add(Waiting.of(work, raw.value()));
        } else {
          // What a single chat's receiver wants was asked when the message was sent.
          start("offline", () -> send(work, work.record().getUserIdsList()));
        }
      } catch (InvalidProtocolBufferException e) {
        LOG.error("record {} of im-offline-push is foreign and is passed over", raw.offset());
      }
    }
    progress.next = records.getLast().offset() + 1;
    if (!groups.isEmpty()) {
      start("offline-options", () -> filter(groups));
    }
  }

  private void start(String name, Runnable work) {
    Thread.ofVirtual()
        .name(name)
        .start(() -> {
          working.add(Thread.currentThread());
          try {
            if (!closed) {
              work.run();
            }
          } catch (Stopped e) {
            LOG.debug("stopped; what is not finished is repeated after the next start");
          } finally {
            working.remove(Thread.currentThread());
          }
        });
  }

  /** This process ends. */
  private static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private void filter(List<Waiting> groups) {
    for (List<Waiting> turn : turns(groups)) {
      acquire(users, turn.stream().mapToInt(Waiting::users).sum());
      List<Work> works = turn.stream().map(Waiting::work).toList();
      List<OptionsOfUsers> answers = ask(works.stream().map(Work::record).toList());
      for (int i = 0; i < works.size(); i++) {
        Work work = works.get(i);
        int taken = turn.get(i).users();
        List<String> recipients =
            OfflineRules.recipients(work.record(), work.message(), answers.get(i));
        start("offline", () -> sendAndMakeRoom(work, recipients, taken));
      }
    }
  }

  /** What one call asks for at a time. */
  private static List<List<Waiting>> turns(List<Waiting> groups) {
    List<List<Waiting>> turns = new ArrayList<>();
    int asked = 0;
    for (Waiting one : groups) {
      asked += one.users();
      if (turns.isEmpty() || asked > MOST_ASKED_USERS || turns.getLast().size() == MOST_ASKED) {
        turns.add(new ArrayList<>());
        asked = one.users();
      }
      turns.getLast().add(one);
    }
    return turns;
  }

  private void sendAndMakeRoom(Work work, List<String> recipients, int taken) {
    try {
      send(work, recipients);
    } finally {
      users.release(taken);
    }
  }

  /** Asks until somebody answers: nobody is notified against his will. */
  private List<OptionsOfUsers> ask(List<OfflineRecord> records) {
    for (long pause = firstPauseMillis; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS)) {
      try {
        return CallContext.service("offline-push").toGrpc().call(() -> options.of(records));
      } catch (ImException e) {
        LOG.warn("offline pushes of {} messages wait: {}", records.size(), e.detail());
      } catch (Exception e) {
        LOG.error("offline pushes of {} messages wait", records.size(), e);
      }
      pause(pause);
    }
  }

  private void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new Stopped();
    }
    if (closed) {
      throw new Stopped();
    }
  }

  private void send(Work work, List<String> recipients) {
    try {
      if (!recipients.isEmpty()) {
        CallContext.service(work.record().getOperationId())
            .toGrpc()
            .run(() -> sendOrDrop(work, recipients));
      }
    } catch (Stopped e) {
      throw e;
    } catch (RuntimeException e) {
      failed.increment();
      LOG.error("offline push of {} is dropped", work.message().getClientMsgID(), e);
    }
    work.task().done = true;
  }

  private void sendOrDrop(Work work, List<String> recipients) {
    MsgData message = work.message();
    PushHooks.Offline changed = PushHooks.Offline.SAME;
    if (!hooks.equals(PushHooks.NONE)) {
      try {
        changed = hooks.beforeOfflinePush(message, recipients);
      } catch (ImException refused) {
        return;
      }
    }
    OfflinePushInfo info = changed.info();
    OfflineNotification notification =
        OfflineNotification.of(
            message,
            info == null ? message.getOfflinePushInfo() : info,
            changed.userIds().isEmpty() ? recipients : changed.userIds(),
            work.record().getOperationId());
    long pause = firstPauseMillis;
    for (int tried = 1; ; tried++) {
      try {
        send(notification);
        return;
      } catch (ImException e) {
        if (tried >= attempts) {
          failed.increment();
          LOG.warn("offline push of {} is dropped: {}", notification.clientMsgId(), e.detail());
          return;
        }
      }
      pause(pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE_MILLIS);
    }
  }

  private void send(OfflineNotification notification) {
    acquire(sending, 1);
    try {
      provider.send(notification);
    } finally {
      sending.release();
    }
    if (closed) {
      throw new Stopped();
    }
  }

  private static void acquire(Semaphore semaphore, int permits) {
    try {
      semaphore.acquire(permits);
    } catch (InterruptedException e) {
      throw new Stopped();
    }
  }

  @Override
  public Map<Integer, Checkpoints.Checkpoint> checkpoints() {
    Map<Integer, Checkpoints.Checkpoint> checkpoints = new HashMap<>();
    lanes.forEach((lane, progress) -> {
      while (!progress.underWay.isEmpty() && progress.underWay.getFirst().done) {
        progress.underWay.removeFirst();
      }
      long next = progress.underWay.isEmpty() ? progress.next : progress.underWay.getFirst().offset;
      checkpoints.put(lane, new Checkpoints.Checkpoint(next, ""));
    });
    return checkpoints;
  }

  @Override
  public void close() {
    closed = true;
    working.forEach(Thread::interrupt);
    provider.close();
  }
}
