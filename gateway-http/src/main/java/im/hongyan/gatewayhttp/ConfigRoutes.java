package im.hongyan.gatewayhttp;

import im.hongyan.kit.call.CallContext;
import im.hongyan.kit.config.ConfigCentre;
import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.http.HttpRequest;
import im.hongyan.proto.rest.ConfigList;
import im.hongyan.proto.rest.EnableConfigManager;
import im.hongyan.proto.rest.GetConfigForm;
import im.hongyan.proto.rest.SetConfigForm;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.json.ApiEnvelope;
import im.hongyan.wire.json.GoJsonException;
import im.hongyan.wire.json.GoJsonReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * Settings of all processes, and their restart, for administrators (rest-message.md 11). Who is
 * none is refused before anything else; then comes what is missing to do it, then the body. Safe
 * for use by several threads; blocks.
 */
final class ConfigRoutes {
  private static final String NO_STORE = "only etcd support config manager";

  /** Of the wire protocol that we speak, as in the OpenAPI document. */
  private static final String VERSION = "3.8";

  private final ConfigCentre centre;
  private final Set<String> adminIds;

  ConfigRoutes(ConfigCentre centre, Set<String> adminIds) {
    this.centre = centre;
    this.adminIds = Set.copyOf(adminIds);
  }

  /** The routes by path. */
  Map<String, OwnRoute> routes() {
    return Map.of(
        "/config/get_config_list", forAdmins(call -> list()),
        "/config/get_config", forAdmins(this::get),
        "/config/set_config", forAdmins(this::set),
        "/config/reset_config", forAdmins(call -> reset()),
        "/config/set_enable_config_manager", forAdmins(this::enable),
        "/config/get_enable_config_manager", forAdmins(call -> enabled()),
        "/restart", forAdmins(call -> restart()));
  }

  @FunctionalInterface
  private interface AdminRoute {
    byte[] answer(HttpRequest call);
  }

  private OwnRoute forAdmins(AdminRoute route) {
    return (CallContext caller, HttpRequest call) -> {
      if (!caller.caller(adminIds).privileged()) {
        throw ImError.NO_PERMISSION.with("user " + caller.userId() + " is not admin userID");
      }
      return route.answer(call);
    };
  }

  private byte[] list() {
    return ApiEnvelope.success(
        ConfigList.newBuilder()
            .setEnvironment(environment())
            .setVersion(VERSION)
            .addAllConfigNames(centre.names())
            .addAllWaiting(centre.waiting())
            .build());
  }

  /** As the peer calls them. */
  private static String environment() {
    if (Files.exists(Path.of("/var/run/secrets/kubernetes.io/serviceaccount"))) {
      return "kubernetes";
    }
    return Files.exists(Path.of("/.dockerenv")) ? "docker" : "source";
  }

  private byte[] get(HttpRequest call) {
    GetConfigForm form = read(call, GetConfigForm.getDefaultInstance());
    String section = centre.section(known(form.getConfigName()));
    return ApiEnvelope.success(out -> out.string(section));
  }

  private byte[] set(HttpRequest call) {
    requireStore("only etcd support set config");
    SetConfigForm form = read(call, SetConfigForm.getDefaultInstance());
    try {
      centre.set(known(form.getConfigName()), form.getData());
    } catch (GoJsonException | ConfigException e) {
      throw ImError.ARGS.with(String.valueOf(e.getMessage()));
    }
    return ApiEnvelope.success();
  }

  private byte[] reset() {
    requireStore(NO_STORE);
    centre.reset();
    return ApiEnvelope.success();
  }

  private byte[] enable(HttpRequest call) {
    requireStore(NO_STORE);
    centre.enable(read(call, EnableConfigManager.getDefaultInstance()).getEnable());
    return ApiEnvelope.success();
  }

  private byte[] enabled() {
    return ApiEnvelope.success(
        EnableConfigManager.newBuilder().setEnable(centre.isEnabled()).build());
  }

  private byte[] restart() {
    if (!centre.canRestart()) {
      throw ImException.internal(NO_STORE);
    }
    centre.restart();
    return ApiEnvelope.success();
  }

  private void requireStore(String refusal) {
    if (!centre.isShared()) {
      throw ImException.internal(refusal);
    }
  }

  private String known(String name) {
    if (!centre.names().contains(name)) {
      throw ImError.ARGS.with("config name not found");
    }
    return name;
  }

  private static <M extends com.google.protobuf.Message> M read(HttpRequest call, M prototype) {
    try {
      return GoJsonReader.readFirst(call.body(), prototype);
    } catch (GoJsonException e) {
      throw new BadRequestException(ImError.ARGS.with(String.valueOf(e.getMessage())));
    }
  }
}
