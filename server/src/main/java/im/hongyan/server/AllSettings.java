package im.hongyan.server;

import im.hongyan.kit.config.ConfigException;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.logging.Logging;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Every section that some process reads: all of them read all, since they share one file.
 *
 * @param starters each service, ready to start
 */
public record AllSettings(
    Map<Role, Role.Starter> starters, ProcessConfig process, StoresConfig stores) {
  /** Copies the map. */
  public AllSettings {
    starters = Map.copyOf(starters);
  }

  /**
   * Reads and checks all; starts nothing.
   *
   * @throws ConfigException when a value cannot be used, or a key is unknown
   */
  public static AllSettings read(Settings settings) {
    Map<Role, Role.Starter> starters = new EnumMap<>(Role.class);
    for (Role each : Role.values()) {
      starters.put(each, each.prepare(settings));
    }
    AllSettings all =
        new AllSettings(starters, ProcessConfig.from(settings), StoresConfig.from(settings));
    Logging.check(settings);
    settings.refuseUnknown();
    return all;
  }

  /** One service. */
  Role.Starter starter(Role role) {
    return Objects.requireNonNull(starters.get(role));
  }

  /** All services, in the order in which one process starts them. */
  public List<Role.Starter> inOrder() {
    return List.of(Role.values()).stream().map(this::starter).toList();
  }
}
