package im.hongyan.gatewayws.delivery;

import im.hongyan.kit.limit.Batcher;
import im.hongyan.proto.delivery.DeliveryReport;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports the batches of a stream in their order, each once every event loop has written its
 * pushes, so that push-service sees a loop that is slow. One virtual thread of its own is the only
 * writer, since loops must not run what a caller does with a report. Safe for use by several
 * threads; the stream closes it.
 */
final class DeliveryReports implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DeliveryReports.class);

  /** More than push-service lets be unreported. */
  private static final int MAX_WAITING = 65_536;

  private static final int MAX_AT_ONCE = 500;

  private final Deque<Batch> batches = new ArrayDeque<>();
  private final Batcher<DeliveryReport> writer;

  /** A batch that is not reported yet; guarded by the reports. */
  private static final class Batch {
    final DeliveryReport.Builder report;
    boolean done;

    Batch(DeliveryReport.Builder report) {
      this.report = report;
    }
  }

  DeliveryReports(StreamObserver<DeliveryReport> reply) {
    writer =
        new Batcher<>("delivery-reports", MAX_WAITING, MAX_AT_ONCE, new Writing(reply)).start();
  }

  /** Begins a batch, whose report is filled until the result is finished. */
  synchronized HandedOver begin(DeliveryReport.Builder report) {
    Batch batch = new Batch(report);
    batches.addLast(batch);
    return new HandedOver(() -> done(batch));
  }

  private synchronized void done(Batch batch) {
    batch.done = true;
    for (Batch first = batches.peek(); first != null && first.done; first = batches.peek()) {
      batches.remove();
      if (!writer.offer(first.report.build())) {
        LOG.warn("a report of pushes does not fit; push-service takes them for lost");
      }
    }
  }

  private record Writing(StreamObserver<DeliveryReport> reply)
      implements Batcher.Handler<DeliveryReport> {
    @Override
    public void handle(List<DeliveryReport> reports) {
      reports.forEach(reply::onNext);
    }

    @Override
    public void failed(List<DeliveryReport> reports, RuntimeException failure) {
      LOG.debug("the stream of reports is over", failure);
    }

    @Override
    public void closed(List<DeliveryReport> rest) {
      // push-service asks again on its next stream.
    }
  }

  @Override
  public void close() {
    writer.close();
  }
}
