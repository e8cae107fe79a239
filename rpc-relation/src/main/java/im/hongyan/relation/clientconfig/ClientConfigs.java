package im.hongyan.relation.clientconfig;

import im.hongyan.kit.rpc.Feature;
import im.hongyan.kit.rpc.Rpcs;
import im.hongyan.proto.user.clientConfig;
import im.hongyan.proto.user.delUserClientConfigReq;
import im.hongyan.proto.user.delUserClientConfigResp;
import im.hongyan.proto.user.getUserClientConfigReq;
import im.hongyan.proto.user.getUserClientConfigResp;
import im.hongyan.proto.user.pageUserClientConfigReq;
import im.hongyan.proto.user.pageUserClientConfigResp;
import im.hongyan.proto.user.setUserClientConfigReq;
import im.hongyan.proto.user.setUserClientConfigResp;
import im.hongyan.proto.user.userGrpc;
import im.hongyan.relation.paging.Page;
import im.hongyan.relation.user.UserDirectory;
import im.hongyan.wire.authz.Caller;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.id.UserId;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Settings that clients read at login (rest-account.md 2.15): everybody's, and each user's above
 * them. Nobody is notified of a change, and nothing is cached. Safe for use by several threads.
 */
public final class ClientConfigs implements Feature {
  private static final int MAX_KEY_BYTES = 255;
  private static final int MAX_VALUE_BYTES = 4_096;

  private final ClientConfigStore store;
  private final UserDirectory users;

  /** Creates the feature. */
  public ClientConfigs(ClientConfigStore store, UserDirectory users) {
    this.store = store;
    this.users = users;
  }

  @Override
  public void register(Rpcs rpcs) {
    rpcs.unary(userGrpc.getGetUserClientConfigMethod(), this::get);
    rpcs.unary(userGrpc.getSetUserClientConfigMethod(), this::set);
    rpcs.unary(userGrpc.getDelUserClientConfigMethod(), this::delete);
    rpcs.unary(userGrpc.getPageUserClientConfigMethod(), this::page);
  }

  private getUserClientConfigResp get(Caller caller, getUserClientConfigReq request) {
    UserId userId = new UserId(request.getUserID());
    requireUser(userId);
    Map<String, String> configs = new HashMap<>(store.find(new UserId("")));
    if (!userId.value().isEmpty()) {
      configs.putAll(store.find(userId));
    }
    return getUserClientConfigResp.newBuilder().putAllConfigs(configs).build();
  }

  private setUserClientConfigResp set(Caller caller, setUserClientConfigReq request) {
    UserId userId = new UserId(request.getUserID());
    requireUser(userId);
    request
        .getConfigsMap()
        .forEach((key, value) -> {
          requireLength("key", key, MAX_KEY_BYTES);
          requireLength("value", value, MAX_VALUE_BYTES);
        });
    store.put(userId, request.getConfigsMap());
    return setUserClientConfigResp.getDefaultInstance();
  }

  private void requireUser(UserId userId) {
    if (!userId.value().isEmpty() && users.find(List.of(userId)).isEmpty()) {
      throw ImError.RECORD_NOT_FOUND.bare();
    }
  }

  private static void requireLength(String what, String text, int most) {
    if (text.getBytes(StandardCharsets.UTF_8).length > most) {
      throw ImError.ARGS.with(what + " is longer than " + most + " bytes");
    }
  }

  private delUserClientConfigResp delete(Caller caller, delUserClientConfigReq request) {
    store.remove(new UserId(request.getUserID()), request.getKeysList());
    return delUserClientConfigResp.getDefaultInstance();
  }

  /** Without a page the total alone. */
  private pageUserClientConfigResp page(Caller caller, pageUserClientConfigReq request) {
    String userId = request.getUserID();
    String key = request.getKey();
    pageUserClientConfigResp.Builder answer = pageUserClientConfigResp.newBuilder();
    if (request.hasPagination()) {
      store
          .page(userId, key, Page.checked(request.getPagination()))
          .forEach(config ->
              answer.addConfigs(
                  clientConfig
                      .newBuilder()
                      .setKey(config.key())
                      .setUserID(config.userId().value())
                      .setValue(config.value())));
    }
    return answer.setTotal(store.count(userId, key)).build();
  }
}
