package im.hongyan.messagelog.lane;

import java.util.concurrent.CompletableFuture;

/** Where accepted messages are appended: im-inbound. Safe for use by several threads. */
@FunctionalInterface
public interface InboundLog {
  /** Appends to a lane; the future holds the offset, or why the outcome is unknown. */
  CompletableFuture<Long> append(int lane, byte[] record);
}
