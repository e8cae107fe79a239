package im.hongyan.relation.outbox;

import static im.hongyan.relation.outbox.Notes.note;
import static im.hongyan.testkit.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.config.ShareConfig;
import im.hongyan.kit.discovery.InProcessLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.msg.SendMsgReq;
import im.hongyan.proto.msg.SendMsgResp;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Proves that workers bring what waits to rpc-msg, over gRPC, and that a slow one delays no other.
 */
class OutboxWorkerTest {
  private final FakeOutboxStore store = new FakeOutboxStore();
  private final InProcessLocator locator = new InProcessLocator("relation");
  private final FakeMsg msg = new FakeMsg();
  private OutboxWorker worker;

  /** rpc-msg, as far as the worker asks it. */
  private static final class FakeMsg {
    private final Collection<String> sent = new ConcurrentLinkedQueue<>();
    private final Collection<String> refusals = new ConcurrentLinkedQueue<>();
    private final CountDownLatch release = new CountDownLatch(1);

    private SendMsgResp send(Caller caller, SendMsgReq request) {
      String text = Notes.text(request.getMsgData());
      if (!caller.service() || !CallContext.current().operationId().equals("op")) {
        throw ImError.NO_PERMISSION.with("not as a service");
      }
      if (text.equals("slow")) {
        await();
      }
      if (refusals.remove(text)) {
        throw ImError.INTERNAL.bare();
      }
      sent.add(text);
      return SendMsgResp.getDefaultInstance();
    }

    private void await() {
      try {
        release.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @BeforeEach
  void start() {
    ShareConfig share = ShareConfig.from(Settings.load(Path.of("none"), Map.of(), Map.of()));
    Rpcs rpcs =
        new Rpcs(share, new SimpleMeterRegistry())
            .add(rows -> rows.unary(msgGrpc.getSendMsgMethod(), msg::send));
    locator.serve(ServiceName.MSG, rpcs.services());
    worker =
        OutboxWorker.start(
            store,
            new RpcMessageSender(locator),
            InstantSource.system(),
            Duration.ofHours(1),
            new SimpleMeterRegistry());
  }

  @AfterEach
  void stop() {
    msg.release.countDown();
    worker.close();
    locator.close();
  }

  private void write(String conversation, String... texts) {
    for (String text : texts) {
      store.append(List.of(note(conversation, text, 0)));
    }
    worker.wake();
  }

  @Test
  void everythingArrivesAndAFailureIsRepeated() {
    msg.refusals.add("2");
    write("n_a", "1", "2", "3");
    eventually(() -> assertThat(msg.sent).containsExactly("1", "2", "3"));
    eventually(() -> assertThat(store.waiting("n_a", 1)).isEmpty());
  }

  @Test
  void aSlowConversationDelaysNoOther() {
    write("n_slow", "slow", "behind");
    for (int i = 0; i < 200; i++) {
      write("n_" + i, "quick");
    }
    eventually(() -> assertThat(msg.sent).hasSize(200).containsOnly("quick"));
    msg.release.countDown();
    eventually(() -> assertThat(msg.sent).endsWith("slow", "behind"));
  }

  @Test
  void whatWasWrittenByAProcessThatDiedIsFoundWithoutBeingTold() {
    store.append(List.of(note("n_a", "1", 0)));
    eventually(() -> assertThat(msg.sent).containsExactly("1"));
  }
}
