package im.hongyan.msg.pull;

import im.hongyan.messagelog.lane.LaneCache;
import im.hongyan.messagelog.lane.LaneNews;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.error.StoreUnavailableException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;

/**
 * Waits until records of im-inbound are handled and what they bring is visible (docs/sequencing.md,
 * Mutations): Redis is asked at each news of the lane, once for all who wait. Safe for use by
 * several threads; blocks.
 */
public final class HandledWaits {
  private static final Duration LIMIT = Duration.ofSeconds(2);

  private final List<LaneWaiters<Wait>> lanes;

  private record Wait(long offset, CompletableFuture<Boolean> handled) {}

  public HandledWaits(LaneCache cache, LaneNews news, int lanes) {
    this.lanes =
        IntStream.range(0, lanes)
            .mapToObj(lane ->
                new LaneWaiters<Wait>(
                    lane,
                    news,
                    now -> {
                      long last = cache.lastInbound(lane);
                      return now.stream().filter(wait -> wait.offset() <= last).toList();
                    },
                    new WaitEnd()))
            .toList();
  }

  private static final class WaitEnd implements LaneWaiters.End<Wait> {
    @Override
    public void reached(Wait wait) {
      wait.handled().complete(true);
    }

    @Override
    public void failed(Wait wait, RuntimeException failure) {
      wait.handled().completeExceptionally(failure);
    }
  }

  /**
   * Waits for a record, two seconds at most.
   *
   * @throws ImException 500 after that; it may come into effect later
   */
  public void await(int lane, long inboundOffset) {
    Wait wait = new Wait(inboundOffset, new CompletableFuture<>());
    LaneWaiters<Wait> waiters = lanes.get(lane);
    waiters.add(wait);
    try {
      wait.handled().get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new StoreUnavailableException("lane " + lane + " is behind; the change comes later", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreUnavailableException("interrupted", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof ImException coded
          ? coded
          : new StoreUnavailableException("lane " + lane + " was not waited for", e);
    } finally {
      waiters.remove(wait);
    }
  }
}
