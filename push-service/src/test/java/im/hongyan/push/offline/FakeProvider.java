package im.hongyan.push.offline;

import im.hongyan.wire.error.ImException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A provider that notes what it takes, fails some messages and keeps others waiting. */
final class FakeProvider implements OfflineProvider {
  final List<OfflineNotification> taken = new CopyOnWriteArrayList<>();
  final Map<String, AtomicInteger> tries = new ConcurrentHashMap<>();

  /** How often a message fails before it is taken. */
  final Map<String, Integer> failures = new ConcurrentHashMap<>();

  final Map<String, CountDownLatch> waits = new ConcurrentHashMap<>();

  @Override
  public void send(OfflineNotification notification) {
    String id = notification.clientMsgId();
    int tried = tries.computeIfAbsent(id, key -> new AtomicInteger()).incrementAndGet();
    CountDownLatch wait = waits.get(id);
    if (wait != null) {
      try {
        wait.await();
      } catch (InterruptedException e) {
        throw ImException.internal("interrupted", e);
      }
    }
    if (tried <= failures.getOrDefault(id, 0)) {
      throw ImException.internal("not now", null);
    }
    taken.add(notification);
  }

  List<String> ids() {
    return taken.stream().map(OfflineNotification::clientMsgId).toList();
  }
}
