package im.hongyan.gatewayws.delivery;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Reports once, when every event loop has written what was handed to it. Safe for use by several
 * threads.
 */
final class HandedOver {
  /** For deliveries that nobody waits for. */
  static final HandedOver UNWATCHED = new HandedOver(() -> {});

  private final Runnable done;

  /** The loops that have not, and whoever still hands over. */
  private final AtomicInteger open = new AtomicInteger(1);

  HandedOver(Runnable done) {
    this.done = done;
  }

  /** One more loop gets something. */
  void handing() {
    open.incrementAndGet();
  }

  /** A loop has written it; or, once, nothing more is handed over. */
  void finished() {
    if (open.decrementAndGet() == 0) {
      done.run();
    }
  }
}
