package im.hongyan.relation.invalidation;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.kit.cache.InvalidatingCache;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.config.ShareConfig;
import im.hongyan.kit.discovery.InProcessLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.invalidation.CacheInvalidationGrpc;
import im.hongyan.proto.invalidation.InvalidateResponse;
import im.hongyan.wire.id.UserId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;

/**
 * Proves in which order processes forget, and that all of them are asked for any number of users.
 */
class ServiceCacheInvalidatorTest {
  private static final UserId ALICE = new UserId("alice");

  private final ShareConfig share =
      ShareConfig.from(Settings.load(Path.of("none"), Map.of(), Map.of()));
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final InvalidatingCache.Versions own = new InvalidatingCache.Versions();

  @AutoClose private final InProcessLocator locator = new InProcessLocator("one");

  private void serve(ServiceName service) {
    Rpcs rpcs = new Rpcs(share, new SimpleMeterRegistry());
    rpcs.add(rows ->
        rows.unary(
            CacheInvalidationGrpc.getInvalidateMethod(),
            (caller, request) -> {
              asked.add(service.label() + " " + request.getOwnerUserIdsCount());
              return InvalidateResponse.getDefaultInstance();
            }));
    locator.serve(service, rpcs.services());
  }

  private void invalidate(List<UserId> owners) {
    RelationCacheInvalidator caches = new ServiceCacheInvalidator(locator, own);
    CallContext.service("op").toGrpc().run(() -> caches.invalidate(owners));
  }

  @Test
  void rpcRelationForgetsBeforeRpcMsgAsksItAnew() {
    serve(ServiceName.MSG);
    serve(ServiceName.RELATION);
    invalidate(List.of(ALICE));
    invalidate(IntStream.range(0, 2_001).mapToObj(i -> new UserId("u" + i)).toList());
    String relation = ServiceName.RELATION.label();
    String msg = ServiceName.MSG.label();
    assertThat(asked)
        .containsExactly(
            relation + " 1",
            msg + " 1",
            relation + " 2000",
            relation + " 1",
            msg + " 2000",
            msg + " 1");
  }

  @Test
  void thisProcessForgetsThoughItIsNotFoundYet() {
    InvalidatingCache<String> cache = new InvalidatingCache<>(100, Duration.ofHours(1), own);
    List<String> answers = new ArrayList<>();
    cache.get(ALICE, "", () -> Optional.of("old"));
    invalidate(List.of(ALICE));
    cache.get(ALICE, "", () -> Optional.of("new")).ifPresent(answers::add);
    assertThat(answers).containsExactly("new");
  }
}
