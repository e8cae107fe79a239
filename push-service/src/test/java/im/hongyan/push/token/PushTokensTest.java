package im.hongyan.push.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.config.ShareConfig;
import im.hongyan.kit.discovery.InProcessLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.push.DelUserPushTokenReq;
import im.hongyan.proto.push.PushMsgReq;
import im.hongyan.proto.push.PushMsgServiceGrpc;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import io.grpc.MethodDescriptor;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Proves who may delete which push token. */
class PushTokensTest {
  private static final CallContext ALICE = CallContext.user("op", "alice", "IOS", "");
  private static final CallContext ADMIN = CallContext.user("op", "imAdmin", "", "");
  private static final CallContext SERVICE = CallContext.service("op");

  private final List<String> deleted = new CopyOnWriteArrayList<>();
  private final InProcessLocator locator = new InProcessLocator("push");

  @BeforeEach
  void serve() {
    ShareConfig share = ShareConfig.from(Settings.load(Path.of("none"), Map.of(), Map.of()));
    Rpcs rpcs =
        new Rpcs(share, new SimpleMeterRegistry())
            .add(new PushTokens((user, platform) -> deleted.add(user + ":" + platform)));
    rpcs.requireAll(PushMsgServiceGrpc.getServiceDescriptor());
    locator.serve(ServiceName.PUSH, rpcs.services());
  }

  @AfterEach
  void close() {
    locator.close();
  }

  private <A, B> void call(CallContext caller, MethodDescriptor<A, B> method, A request) {
    caller.toGrpc().run(() -> RpcChannels.call(locator.channel(ServiceName.PUSH), method, request));
  }

  private void delete(CallContext caller, String userId, int platformId) {
    call(
        caller,
        PushMsgServiceGrpc.getDelUserPushTokenMethod(),
        DelUserPushTokenReq.newBuilder().setUserID(userId).setPlatformID(platformId).build());
  }

  private static void refused(ImError error, Runnable call) {
    assertThatExceptionOfType(ImException.class)
        .isThrownBy(call::run)
        .matches(failure -> failure.is(error), error.toString());
  }

  @Test
  void aTokenIsDeletedForItsUserForAdministratorsAndServices() {
    delete(ALICE, "alice", 1);
    delete(ADMIN, "alice", 10);
    delete(SERVICE, "bob", 12);
    assertThat(deleted).containsExactly("alice:1", "alice:10", "bob:12");
  }

  @Test
  void nobodyDeletesTheTokenOfAnother() {
    refused(ImError.NO_PERMISSION, () -> delete(ALICE, "bob", 1));
    assertThat(deleted).isEmpty();
  }

  @Test
  void argumentsAreChecked() {
    refused(ImError.ARGS, () -> delete(SERVICE, "", 1));
    refused(ImError.ARGS, () -> delete(ALICE, "alice", 0));
    refused(ImError.ARGS, () -> delete(ALICE, "alice", 13));
    assertThat(deleted).isEmpty();
  }

  @Test
  void whatIsNotBuiltIsRefused() {
    refused(
        ImError.NO_PERMISSION,
        () ->
            call(SERVICE, PushMsgServiceGrpc.getPushMsgMethod(), PushMsgReq.getDefaultInstance()));
  }
}
