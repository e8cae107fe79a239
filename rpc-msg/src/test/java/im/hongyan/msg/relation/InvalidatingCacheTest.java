package im.hongyan.msg.relation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.config.ShareConfig;
import im.hongyan.kit.discovery.InProcessLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.kit.rpc.RpcGuard;
import im.hongyan.kit.rpc.Unary;
import im.hongyan.proto.invalidation.CacheInvalidationGrpc;
import im.hongyan.proto.invalidation.InvalidateRequest;
import im.hongyan.proto.relation.friendGrpc;
import im.hongyan.proto.relation.isBlackReq;
import im.hongyan.proto.relation.isBlackResp;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import io.grpc.stub.StreamObserver;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Proves that what is remembered of an owner's rows ends when they change. */
class InvalidatingCacheTest {
  private final InvalidatingCache.Changes changes = new InvalidatingCache.Changes();
  private final InvalidatingCache<String> remembered =
      new InvalidatingCache<>(Duration.ofHours(1), changes);
  private final AtomicInteger questions = new AtomicInteger();

  private Optional<String> get(String owner, String matter) {
    return remembered.get(
        owner, matter, () -> Optional.of("answer " + questions.incrementAndGet()));
  }

  @Test
  void anAnswerIsRememberedUntilItsOwnerIsForgotten() {
    assertThat(get("alice", "bob")).contains("answer 1");
    assertThat(get("alice", "bob")).contains("answer 1");
    assertThat(get("alice", "carol")).contains("answer 2");
    assertThat(get("bob", "alice")).contains("answer 3");
    changes.forget("alice");
    assertThat(get("bob", "alice")).as("another's").contains("answer 3");
    assertThat(get("alice", "bob")).contains("answer 4");
    assertThat(get("alice", "carol")).contains("answer 5");
    assertThat(get("alice", "bob")).contains("answer 4");
  }

  @Test
  void whatWasAskedBeforeTheOwnerWasForgottenIsNotRemembered() {
    Optional<String> old =
        remembered.get(
            "alice",
            "bob",
            () -> {
              changes.forget("alice");
              return Optional.of("as it was before");
            });
    assertThat(old).contains("as it was before");
    assertThat(get("alice", "bob")).contains("answer 1");
  }

  @Test
  void whatWasNotFoundIsAskedAgain() {
    assertThat(remembered.get("alice", "bob", Optional::empty)).isEmpty();
    assertThat(get("alice", "bob")).contains("answer 1");
  }

  @Test
  void onlyServicesLetBlacklistsBeForgotten() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    ShareConfig share = ShareConfig.from(Settings.load(Path.of("none"), Map.of(), Map.of()));
    try (InProcessLocator locator = new InProcessLocator("one")) {
      locator.serve(ServiceName.RELATION, List.of(new Blacks(asked).bindService()));
      Relations relations = new Relations(locator);
      locator.serve(
          ServiceName.MSG,
          List.of(
              new RpcGuard(CacheInvalidationApi.access(), share, new SimpleMeterRegistry())
                  .protect(new CacheInvalidationApi(relations).bindService())));
      assertThat(blocked(relations)).isFalse();
      assertThat(blocked(relations)).isFalse();
      assertThatThrownBy(() -> forget(locator, CallContext.user("op", "bob", "IOS", "c")))
          .isInstanceOfSatisfying(
              ImException.class, e -> assertThat(e.is(ImError.NO_PERMISSION)).isTrue());
      assertThat(blocked(relations)).isFalse();
      forget(locator, CallContext.service("op"));
      assertThat(blocked(relations)).as("asked a second time").isTrue();
    }
  }

  private static boolean blocked(Relations relations) throws Exception {
    return CallContext.service("op").call(() -> relations.blocked("bob", "alice"));
  }

  private static void forget(InProcessLocator locator, CallContext caller) throws Exception {
    InvalidateRequest request = InvalidateRequest.newBuilder().setOwnerUserId("bob").build();
    caller.call(() ->
        RpcChannels.call(
            locator.channel(ServiceName.MSG),
            CacheInvalidationGrpc.getInvalidateMethod(),
            request));
  }

  /** A blacklist that has its user from the second question on. */
  private static final class Blacks extends friendGrpc.friendImplBase {
    private final AtomicInteger asked;

    Blacks(AtomicInteger asked) {
      this.asked = asked;
    }

    @Override
    public void isBlack(isBlackReq request, StreamObserver<isBlackResp> reply) {
      Unary.reply(
          reply,
          () -> isBlackResp.newBuilder().setInUser1Blacks(asked.incrementAndGet() > 1).build());
    }
  }
}
