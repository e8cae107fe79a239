package im.hongyan.push.online;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/**
 * What has become of one message at the gateways: complete once each has reported its parts. Safe
 * for use by several threads.
 */
final class DeliveryTracker {
  private final Runnable whenDone;
  private final Set<String> reached = new HashSet<>();

  /** Parts that were not reported, and one until all of them are known. */
  private int open = 1;

  /**
   * Begins.
   *
   * @param whenDone must not block; called once
   */
  DeliveryTracker(Runnable whenDone) {
    this.whenDone = whenDone;
  }

  /** A part more is under way. */
  synchronized void opened() {
    open++;
  }

  /** These users have the message on a phone. */
  synchronized void reached(Collection<String> users) {
    reached.addAll(users);
  }

  /** A part was reported, or will never be. */
  void closed() {
    boolean done;
    synchronized (this) {
      done = --open == 0;
    }
    if (done) {
      whenDone.run();
    }
  }

  /** Who has the message on a phone, as far as it is known. */
  synchronized Set<String> reached() {
    return Set.copyOf(reached);
  }
}
