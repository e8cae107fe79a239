package im.hongyan.relation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Message;
import im.hongyan.drivers.redis.Redis;
import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.config.ShareConfig;
import im.hongyan.kit.discovery.InProcessLocator;
import im.hongyan.kit.discovery.ServiceName;
import im.hongyan.kit.lifecycle.Lifecycle;
import im.hongyan.kit.rpc.RpcChannels;
import im.hongyan.kit.service.Readiness;
import im.hongyan.kit.service.ServiceContext;
import im.hongyan.proto.sdkws.UserInfo;
import im.hongyan.proto.user.getDesignateUsersReq;
import im.hongyan.proto.user.updateUserInfoExReq;
import im.hongyan.proto.user.userGrpc;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import io.grpc.MethodDescriptor;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves that the module starts on its stores with every RPC that is built, and not without. */
@ExtendWith(TestStoresExtension.class)
class RelationModuleIT {
  private static final Settings SETTINGS = Settings.load(Path.of("none"), Map.of(), Map.of());

  @Test
  void theModuleStartsAndTheAdministratorsAreUsers(TestStores stores) {
    try (RelationDatabase database = RelationDatabase.open(stores);
        Redis redis = Redis.open(stores.redisUri());
        InProcessLocator locator = new InProcessLocator("relation");
        Lifecycle lifecycle = new Lifecycle()) {
      database.clear();
      ServiceContext context =
          new ServiceContext(
              "relation",
              InstantSource.system(),
              new SimpleMeterRegistry(),
              locator,
              lifecycle,
              new Readiness());
      RelationModule.start(RelationConfig.from(SETTINGS), context, database.mysql(), redis);
      assertThat(adminOf(locator).getUserID()).isEqualTo(RelationTestServer.ADMIN);
    }
  }

  private static UserInfo adminOf(InProcessLocator locator) {
    getDesignateUsersReq request =
        getDesignateUsersReq.newBuilder().addUserIDs(RelationTestServer.ADMIN).build();
    return call(locator, userGrpc.getGetDesignateUsersMethod(), request).getUsersInfo(0);
  }

  private static <A extends Message, B extends Message> B call(
      InProcessLocator locator, MethodDescriptor<A, B> method, A request) {
    return CallContext.user("op", RelationTestServer.ADMIN, "Android", "c")
        .call(() -> RpcChannels.call(locator.channel(ServiceName.RELATION), method, request));
  }

  /** Out of the cache the old one would come for ten seconds. */
  @Test
  void aChangedProfileCountsFromItsAnswerOn(TestStores stores) {
    try (RelationDatabase database = RelationDatabase.open(stores);
        Redis redis = Redis.open(stores.redisUri());
        InProcessLocator locator = new InProcessLocator("relation");
        Lifecycle lifecycle = new Lifecycle()) {
      database.clear();
      ServiceContext context =
          new ServiceContext(
              "relation",
              InstantSource.system(),
              new SimpleMeterRegistry(),
              locator,
              lifecycle,
              new Readiness());
      RelationModule.start(RelationConfig.from(SETTINGS), context, database.mysql(), redis);
      for (String nickname : List.of("one", "two", "three")) {
        updateUserInfoExReq.Builder change = updateUserInfoExReq.newBuilder();
        change
            .getUserInfoBuilder()
            .setUserID(RelationTestServer.ADMIN)
            .getNicknameBuilder()
            .setValue(nickname);
        call(locator, userGrpc.getUpdateUserInfoExMethod(), change.build());
        assertThat(adminOf(locator).getNickname()).isEqualTo(nickname);
      }
    }
  }

  @Test
  void aBuiltRpcWithoutARowStopsTheStart() {
    ShareConfig share = ShareConfig.from(SETTINGS);
    assertThatThrownBy(() -> RelationModule.services(share, new SimpleMeterRegistry()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("openim.relation.friend/removeBlack has no row")
        .hasMessageContaining("hongyan.groups.GroupViews/Versions has no row");
  }
}
