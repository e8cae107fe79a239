package im.hongyan.msg.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.call.ThrowingSupplier;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.config.ShareConfig;
import im.hongyan.kit.discovery.InProcessLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.msg.GetSendMsgStatusReq;
import im.hongyan.proto.msg.GetServerTimeReq;
import im.hongyan.proto.msg.SetSendMsgStatusReq;
import im.hongyan.proto.msg.SetSendMsgStatusResp;
import im.hongyan.proto.msg.msgGrpc;
import im.hongyan.wire.error.ImException;
import io.grpc.MethodDescriptor;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Proves through the guard who sets and who reads the status of an operation. */
class SendStatusesTest {
  private static final CallContext SERVICE = CallContext.service("op");
  private static final CallContext ALICE = CallContext.user("op", "alice", "IOS", "c1");

  private final InProcessLocator locator = new InProcessLocator("msg");

  private static final class MapStore implements SendStatusStore {
    private final Map<String, Integer> statuses = new ConcurrentHashMap<>();

    @Override
    public void set(String operationId, int status) {
      statuses.put(operationId, status);
    }

    @Override
    public int get(String operationId) {
      return statuses.getOrDefault(operationId, 0);
    }
  }

  @BeforeEach
  void serve() {
    ShareConfig share = ShareConfig.from(Settings.load(Path.of("none"), Map.of(), Map.of()));
    Rpcs rpcs =
        new Rpcs(share, new SimpleMeterRegistry())
            .add(new SendStatuses(new MapStore()), new ServerTime(() -> Instant.ofEpochMilli(17)));
    locator.serve(ServiceName.MSG, rpcs.services());
  }

  @AfterEach
  void close() {
    locator.close();
  }

  private <A, B> B call(CallContext context, MethodDescriptor<A, B> method, A request) {
    ThrowingSupplier<B, RuntimeException> call =
        () -> RpcChannels.call(locator.channel(ServiceName.MSG), method, request);
    return context.call(call);
  }

  private SetSendMsgStatusResp set(CallContext context, int status) {
    SetSendMsgStatusReq request = SetSendMsgStatusReq.newBuilder().setStatus(status).build();
    return call(context, msgGrpc.getSetSendMsgStatusMethod(), request);
  }

  private int get(CallContext context) {
    GetSendMsgStatusReq request = GetSendMsgStatusReq.getDefaultInstance();
    return call(context, msgGrpc.getGetSendMsgStatusMethod(), request).getStatus();
  }

  private static void refused(int code, String detail, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            ImException.class,
            e -> {
              assertThat(e.code()).isEqualTo(code);
              assertThat(e.detail()).isEqualTo(detail);
            });
  }

  @Test
  void usersReadTheStatusThatServicesSet() {
    assertThat(get(ALICE)).isZero();
    set(SERVICE, 3);
    assertThat(get(ALICE)).isEqualTo(3);
    assertThat(get(CallContext.user("another", "alice", "IOS", "c1"))).isZero();
  }

  @Test
  void onlyServicesSetItAndOnlyToWhatItMayBe() {
    refused(1001, "status is invalid", () -> set(SERVICE, 4));
    refused(1001, "status is invalid", () -> set(SERVICE, -1));
    assertThatThrownBy(() -> set(ALICE, 4))
        .isInstanceOfSatisfying(ImException.class, e -> assertThat(e.code()).isEqualTo(1002));
    assertThat(get(ALICE)).isZero();
  }

  @Test
  void theTimeIsThatOfTheServersClock() {
    GetServerTimeReq request = GetServerTimeReq.getDefaultInstance();
    assertThat(call(ALICE, msgGrpc.getGetServerTimeMethod(), request).getServerTime())
        .isEqualTo(17);
  }
}
