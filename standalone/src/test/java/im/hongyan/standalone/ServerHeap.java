package im.hongyan.standalone;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * The live heap of a JVM that a test started: what is used right after a full collection. While an
 * operation runs, collections follow each other all the time, so that its peak is seen as it holds
 * for longer than the time between two. Its creator closes it.
 */
final class ServerHeap implements AutoCloseable {
  private static final long PAUSE_NANOS = 500_000_000;

  private final JMXConnector connector;
  private final MemoryMXBean memory;
  private final List<MemoryPoolMXBean> pools;

  /** Connects to a JVM of this machine, whose address it has from that JVM itself. */
  @SuppressWarnings("BanJNDI")
  ServerHeap(long pid) {
    try {
      VirtualMachine jvm = VirtualMachine.attach(Long.toString(pid));
      try {
        connector = JMXConnectorFactory.connect(new JMXServiceURL(jvm.startLocalManagementAgent()));
      } finally {
        jvm.detach();
      }
      memory =
          ManagementFactory.newPlatformMXBeanProxy(
              connector.getMBeanServerConnection(),
              ManagementFactory.MEMORY_MXBEAN_NAME,
              MemoryMXBean.class);
      pools =
          ManagementFactory.getPlatformMXBeans(
                  connector.getMBeanServerConnection(), MemoryPoolMXBean.class)
              .stream()
              .filter(pool -> pool.getType() == MemoryType.HEAP)
              .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (AttachNotSupportedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What is live now, in bytes; what was allocated since the collection is not counted. */
  long liveBytes() {
    memory.gc();
    return pools.stream()
        .map(MemoryPoolMXBean::getCollectionUsage)
        .filter(Objects::nonNull)
        .mapToLong(MemoryUsage::getUsed)
        .sum();
  }

  /** Does something, and returns the most that was live meanwhile, in bytes. */
  long peakBytes(Runnable operation) {
    AtomicBoolean over = new AtomicBoolean();
    AtomicLong peak = new AtomicLong();
    Thread sampler =
        Thread.ofPlatform()
            .name("heap")
            .start(() -> {
              while (!over.get()) {
                peak.accumulateAndGet(liveBytes(), Math::max);
                LockSupport.parkNanos(PAUSE_NANOS);
              }
            });
    try {
      operation.run();
    } finally {
      over.set(true);
      join(sampler);
    }
    return Math.max(peak.get(), liveBytes());
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  @Override
  public void close() {
    try {
      connector.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
