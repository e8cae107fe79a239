package im.hongyan.server;

import im.hongyan.auth.AuthConfig;
import im.hongyan.auth.AuthModule;
import im.hongyan.gatewayhttp.GatewayHttpConfig;
import im.hongyan.gatewayhttp.GatewayHttpModule;
import im.hongyan.gatewayws.GatewayWsModule;
import im.hongyan.gatewayws.config.GatewayWsConfig;
import im.hongyan.kit.config.Settings;
import im.hongyan.msg.MsgConfig;
import im.hongyan.msg.MsgModule;
import im.hongyan.push.PushConfig;
import im.hongyan.push.PushModule;
import im.hongyan.relation.RelationConfig;
import im.hongyan.relation.RelationModule;
import im.hongyan.transfer.TransferConfig;
import im.hongyan.transfer.TransferModule;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The services of the system, in the order in which one process starts them. */
public enum Role {
  RPC_AUTH {
    @Override
    public Starter prepare(Settings settings) {
      AuthConfig config = AuthConfig.from(settings);
      return process ->
          AuthModule.start(
              config, process.platform(), process.stores().mysql(), process.stores().redis());
    }
  },
  RPC_RELATION {
    @Override
    public Starter prepare(Settings settings) {
      RelationConfig config = RelationConfig.from(settings);
      return process ->
          RelationModule.start(
              config, process.platform(), process.stores().mysql(), process.stores().redis());
    }
  },
  RPC_MSG {
    @Override
    public Starter prepare(Settings settings) {
      MsgConfig config = MsgConfig.from(settings);
      return process -> {
        process.stores().decideLanes();
        process.stores().kafka();
        MsgModule.start(
            config,
            process.platform(),
            process.stores().mysql(),
            process.stores().mongo(),
            process.stores().redis());
      };
    }
  },
  MSG_TRANSFER {
    @Override
    public Starter prepare(Settings settings) {
      TransferConfig config = TransferConfig.from(settings);
      return process -> {
        process.stores().decideLanes();
        process.stores().kafka();
        TransferModule.start(
            config,
            process.platform(),
            process.stores().mysql(),
            process.stores().mongo(),
            process.stores().redis());
      };
    }
  },
  PUSH_SERVICE {
    @Override
    public Starter prepare(Settings settings) {
      PushConfig config = PushConfig.from(settings);
      return process -> {
        process.stores().kafka();
        PushModule.start(
            config, process.platform(), process.stores().mysql(), process.stores().redis());
      };
    }
  },
  GATEWAY_WS {
    @Override
    public Starter prepare(Settings settings) {
      GatewayWsConfig config = GatewayWsConfig.from(settings);
      config.share().refuseDefaultSecretBeyondLoopback(config.listen());
      ListenAddress address = address(config);
      return process ->
          process.serves(
              "ws",
              address.on(
                  GatewayWsModule.start(config, process.platform(), process.stores().redis())
                      .port()));
    }

    @Override
    public List<ListenAddress> addresses(Settings settings) {
      return List.of(address(GatewayWsConfig.from(settings)));
    }

    private static ListenAddress address(GatewayWsConfig config) {
      String scheme = config.tls().isPresent() ? "wss" : "ws";
      return new ListenAddress("gateway.ws", scheme, config.listen(), config.port());
    }
  },
  GATEWAY_HTTP {
    @Override
    public Starter prepare(Settings settings) {
      GatewayHttpConfig config = GatewayHttpConfig.from(settings);
      config.share().refuseDefaultSecretBeyondLoopback(config.listen());
      ListenAddress address = address(config);
      return process ->
          process.serves(
              "api",
              address.on(
                  GatewayHttpModule.start(config, process.platform(), process.operations())
                      .port()));
    }

    @Override
    public List<ListenAddress> addresses(Settings settings) {
      return List.of(address(GatewayHttpConfig.from(settings)));
    }

    private static ListenAddress address(GatewayHttpConfig config) {
      String scheme = config.tls().isPresent() ? "https" : "http";
      return new ListenAddress("gateway.http", scheme, config.listen(), config.port());
    }
  };

  /** A service with its settings read, ready to start. */
  @FunctionalInterface
  public interface Starter {
    /** Starts it within a process. */
    void start(ServerProcess process);
  }

  /**
   * Reads the service's settings.
   *
   * @throws im.hongyan.kit.config.ConfigException when one cannot be used
   */
  public abstract Starter prepare(Settings settings);

  /** Where its clients reach it; nowhere where only other processes call it. */
  public List<ListenAddress> addresses(Settings settings) {
    return List.of();
  }

  /** The name by which operators call it. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The role of that name. */
  static Optional<Role> find(String label) {
    for (Role role : values()) {
      if (role.label().equals(label)) {
        return Optional.of(role);
      }
    }
    return Optional.empty();
  }
}
