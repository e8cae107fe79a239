package im.hongyan.msg.relation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import im.hongyan.kit.cache.CacheInvalidations;
import im.hongyan.kit.cache.InvalidatingCache;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.config.ShareConfig;
import im.hongyan.kit.discovery.InProcessLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.invalidation.CacheInvalidationGrpc;
import im.hongyan.proto.invalidation.InvalidateRequest;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.id.UserId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Proves that what is cached of an owner's rows ends when a service invalidates the owner. */
class RelationsTest {
  @Test
  void onlyServicesInvalidateBlacklists() throws Exception {
    ShareConfig share = ShareConfig.from(Settings.load(Path.of("none"), Map.of(), Map.of()));
    FakeRelation relation = new FakeRelation();
    try (InProcessLocator locator = new InProcessLocator("one")) {
      relation.serve(locator);
      InvalidatingCache.Versions versions = new InvalidatingCache.Versions();
      Relations relations = new Relations(locator, versions);
      Rpcs rpcs = new Rpcs(share, new SimpleMeterRegistry()).add(new CacheInvalidations(versions));
      locator.serve(ServiceName.MSG, rpcs.services());
      assertThat(blocked(relations)).isFalse();
      relation.block("bob", "alice");
      assertThat(blocked(relations)).isFalse();
      assertThatThrownBy(() -> invalidate(locator, CallContext.user("op", "bob", "IOS", "c")))
          .isInstanceOfSatisfying(
              ImException.class, e -> assertThat(e.is(ImError.NO_PERMISSION)).isTrue());
      assertThat(blocked(relations)).isFalse();
      assertThat(relation.blackQueries).hasValue(1);
      invalidate(locator, CallContext.service("op"));
      assertThat(blocked(relations)).as("asked a second time").isTrue();
    }
  }

  private static boolean blocked(Relations relations) throws Exception {
    return CallContext.service("op")
        .call(() -> relations.blocked(new UserId("bob"), new UserId("alice")));
  }

  private static void invalidate(InProcessLocator locator, CallContext caller) throws Exception {
    InvalidateRequest request = InvalidateRequest.newBuilder().addOwnerUserIds("bob").build();
    caller.call(() ->
        RpcChannels.call(
            locator.channel(ServiceName.MSG),
            CacheInvalidationGrpc.getInvalidateMethod(),
            request));
  }
}
