package im.hongyan.push.online;

import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.lifecycle.Worker;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.relationclient.GroupView;
import im.hongyan.webhooks.PushHooks;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.GroupId;
import im.hongyan.wire.message.ContentType;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What must be asked before a message can be pushed: the members of its group, and hooks. Messages
 * of an ordering key are resolved in their order, keys beside each other: what has gathered of all
 * idle keys is one batch with one look at the groups, and a key whose hook or group is slow holds
 * up no other. {@link #add} and {@link #ready} belong to one thread; its creator closes it.
 */
final class RecipientResolver implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RecipientResolver.class);
  private static final GroupId NO_GROUP = new GroupId("");
  private static final int MOST_BATCHES = 16;
  private static final int MOST_HOOKS = 256;
  private static final long FIRST_PAUSE_MILLIS = 100;
  private static final long LONGEST_PAUSE_MILLIS = 1_000;

  private final Groups groups;
  private final PushHooks hooks;
  private final Duration groupTimeout;
  private final Counter unresolved;
  private final Map<String, KeyQueue> queues = new HashMap<>();
  private final Queue<Delivery> ready = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final Semaphore batches = new Semaphore(MOST_BATCHES);
  private final Semaphore hooked = new Semaphore(MOST_HOOKS);
  private final Set<Thread> working = java.util.concurrent.ConcurrentHashMap.newKeySet();
  private final Worker worker;
  private volatile boolean closed;

  /** Looks groups up; blocks, and throws {@link ImException} 500 when nobody answers. */
  @FunctionalInterface
  public interface Groups {
    /** The groups as they are now; one that does not exist is absent. */
    Map<GroupId, GroupView> current(Collection<GroupId> groupIds);
  }

  /** Messages of an ordering key that wait; guarded by {@link #queues}. */
  private static final class KeyQueue {
    List<Delivery> waiting = new ArrayList<>();
    boolean busy;
  }

  /** An ordering key's messages that are resolved together. */
  private record Work(String key, List<Delivery> deliveries) {}

  /**
   * Begins to work.
   *
   * @param groupTimeout how long a group is asked for before its message goes without it
   */
  RecipientResolver(Groups groups, PushHooks hooks, Duration groupTimeout, MeterRegistry meters) {
    this.groups = groups;
    this.hooks = hooks;
    this.groupTimeout = groupTimeout;
    unresolved = meters.counter("push_group_unresolved");
    worker = Worker.start("push-resolver", this::run);
  }

  /** Whether the message must be prepared. */
  boolean concerns(Delivery delivery) {
    if (!hooks.equals(PushHooks.NONE) || !delivery.message().getRecipientGroupId().isEmpty()) {
      return true;
    }
    synchronized (queues) {
      return queues.containsKey(delivery.orderingKey());
    }
  }

  void add(Delivery delivery) {
    waiting.incrementAndGet();
    synchronized (queues) {
      queues.computeIfAbsent(delivery.orderingKey(), key -> new KeyQueue()).waiting.add(delivery);
      queues.notifyAll();
    }
  }

  /** Takes what has been resolved; of an ordering key in its order. */
  List<Delivery> ready() {
    List<Delivery> taken = new ArrayList<>();
    for (Delivery next = ready.poll(); next != null; next = ready.poll()) {
      taken.add(next);
    }
    waiting.addAndGet(-taken.size());
    return taken;
  }

  /** How many are being prepared or wait to be taken. */
  int waiting() {
    return waiting.get();
  }

  private void run() throws InterruptedException {
    while (true) {
      batches.acquire();
      List<Work> batch = takeIdle();
      start(
          "push-batch",
          () -> {
            try {
              resolve(batch);
            } catch (RuntimeException e) {
              LOG.error("a push goes to its named recipients alone", e);
              batch.forEach(this::endPlain);
            } finally {
              batches.release();
            }
          });
    }
  }

  /** Nothing waits for ever for what could not be resolved. */
  private void endPlain(Work work) {
    work.deliveries()
        .forEach(delivery ->
            delivery.to(new Targets(delivery.message().getRecipientsList(), List.of())));
    end(work);
  }

  /** Whether what is added is resolved. */
  boolean isRunning() {
    return worker.isRunning();
  }

  private void start(String name, Runnable work) {
    Thread.ofVirtual()
        .name(name)
        .start(() -> {
          working.add(Thread.currentThread());
          try {
            work.run();
          } finally {
            working.remove(Thread.currentThread());
          }
        });
  }

  private List<Work> takeIdle() throws InterruptedException {
    synchronized (queues) {
      while (true) {
        List<Work> batch = new ArrayList<>();
        queues.forEach((key, queue) -> {
          if (!queue.busy && !queue.waiting.isEmpty()) {
            queue.busy = true;
            batch.add(new Work(key, queue.waiting));
            queue.waiting = new ArrayList<>();
          }
        });
        if (!batch.isEmpty()) {
          return batch;
        }
        queues.wait();
      }
    }
  }

  private void resolve(List<Work> batch) {
    Set<GroupId> ids = new LinkedHashSet<>();
    batch.forEach(work -> work.deliveries().forEach(delivery -> ids.add(groupOf(delivery))));
    ids.remove(NO_GROUP);
    Map<GroupId, GroupView> views = ids.isEmpty() ? Map.of() : look(ids);
    for (Work work : batch) {
      for (Delivery delivery : work.deliveries()) {
        address(delivery, views);
      }
      if (hooks.equals(PushHooks.NONE)) {
        end(work);
      } else {
        start("push-hook", () -> ask(work));
      }
    }
  }

  /** Asks until the groups are known or the timeout ends; then there are none. */
  private Map<GroupId, GroupView> look(Set<GroupId> ids) {
    long begunNanos = System.nanoTime();
    long pauseMillis = FIRST_PAUSE_MILLIS;
    while (true) {
      try {
        return CallContext.service("push").toGrpc().call(() -> groups.current(ids));
      } catch (ImException e) {
        long spent = System.nanoTime() - begunNanos;
        if (closed || spent + pauseMillis * 1_000_000 > groupTimeout.toNanos()) {
          LOG.warn("messages of {} groups are left to pulls: {}", ids.size(), e.detail());
          return Map.of();
        }
      } catch (Exception e) {
        LOG.error("groups could not be looked up", e);
        return Map.of();
      }
      try {
        Thread.sleep(pauseMillis);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return Map.of();
      }
      pauseMillis = Math.min(2 * pauseMillis, LONGEST_PAUSE_MILLIS);
    }
  }

  private static GroupId groupOf(Delivery delivery) {
    return new GroupId(delivery.message().getRecipientGroupId());
  }

  private void address(Delivery delivery, Map<GroupId, GroupView> views) {
    List<String> users = delivery.message().getRecipientsList();
    GroupId groupId = groupOf(delivery);
    GroupView group = views.get(groupId);
    if (group == null && !groupId.equals(NO_GROUP)) {
      unresolved.increment();
    }
    delivery.to(group == null ? new Targets(users, List.of()) : Targets.of(users, group));
  }

  private void ask(Work work) {
    try {
      hooked.acquire();
      try {
        work.deliveries().forEach(this::ask);
      } finally {
        hooked.release();
      }
    } catch (InterruptedException e) {
      // closed: what waits is pushed after the next start
      return;
    }
    end(work);
  }

  private void ask(Delivery delivery) {
    try {
      MsgData message = delivery.first();
      if (message.getContentType() == ContentType.TYPING) {
        return;
      }
      CallContext.service(delivery.message().getOperationId())
          .toGrpc()
          .run(() -> ask(delivery, message));
    } catch (ImException refused) {
      delivery.refuse();
    } catch (InvalidProtocolBufferException | RuntimeException e) {
      LOG.error("hooks of push {} failed; it goes on as it was", delivery.offset(), e);
    }
  }

  private void ask(Delivery delivery, MsgData message) {
    if (delivery.message().getRecipientGroupId().isEmpty()) {
      hooks.beforeOnlinePush(message, delivery.targets().users());
      return;
    }
    List<String> instead = hooks.beforeGroupOnlinePush(message);
    if (!instead.isEmpty()) {
      delivery.to(new Targets(List.copyOf(new LinkedHashSet<>(instead)), List.of()));
    }
  }

  private void end(Work work) {
    ready.addAll(work.deliveries());
    synchronized (queues) {
      KeyQueue queue = queues.get(work.key());
      if (queue != null && queue.waiting.isEmpty()) {
        queues.remove(work.key());
      } else if (queue != null) {
        queue.busy = false;
        queues.notifyAll();
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    worker.close();
    working.forEach(Thread::interrupt);
  }
}
