package im.hongyan.standalone;

import im.hongyan.drivers.check.EtcdCheck;
import im.hongyan.drivers.check.Finding;
import im.hongyan.drivers.check.MongoCheck;
import im.hongyan.drivers.check.MySqlCheck;
import im.hongyan.drivers.check.RedisCheck;
import im.hongyan.drivers.etcd.EtcdConfig;
import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.drivers.mysql.MySqlConfig;
import im.hongyan.embedded.EmbeddedStores;
import im.hongyan.embedded.EmbeddedStores.Kind;
import im.hongyan.kit.config.Settings;
import im.hongyan.messagelog.kafka.KafkaCheck;
import im.hongyan.server.StoresConfig;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Looks at what the processes depend on: the stores that the settings name, those that a running
 * {@code run} brought along, etcd, and the disk of the data folder. A store that neither names is
 * nobody's. Used by one thread.
 */
final class DependencyChecks {
  private final Path file;
  private final Map<String, String> environment;
  private final Path data;

  /**
   * Looks at nothing yet.
   *
   * @param file of the settings; may be missing
   * @param data folder of {@code run}; may be missing
   */
  DependencyChecks(Path file, Map<String, String> environment, Path data) {
    this.file = file;
    this.environment = Map.copyOf(environment);
    this.data = data;
  }

  /**
   * All there is to say.
   *
   * @param runs whether the {@code run} of the data folder answers, and so its own stores should
   * @throws im.hongyan.kit.config.ConfigException when a setting cannot be used
   */
  List<Finding> findings(boolean runs) throws IOException {
    Settings asked = Settings.load(file, environment, Map.of());
    List<Finding> findings = new ArrayList<>();
    boolean named = false;
    Map<String, String> own = new HashMap<>();
    List<Kind> checked = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      Optional<Map<String, String>> embedded = EmbeddedStores.settings(kind, data);
      if (asked.present(kind.key())) {
        named = true;
        checked.add(kind);
      } else if (runs && embedded.isPresent()) {
        own.putAll(embedded.get());
        checked.add(kind);
      }
    }
    Settings settings = Settings.load(file, environment, own);
    for (Kind kind : checked) {
      findings.addAll(check(kind, settings, asked.present(kind.key())));
    }
    if (named && settings.text("discovery.kind", "etcd").equals("etcd")) {
      findings.addAll(EtcdCheck.check(EtcdConfig.from(settings)));
    }
    if (Files.isDirectory(data)) {
      findings.addAll(disk());
    }
    return findings;
  }

  private static List<Finding> check(Kind kind, Settings settings, boolean named) {
    StoresConfig stores = StoresConfig.from(settings);
    return switch (kind) {
      case MYSQL -> MySqlCheck.check(MySqlConfig.from(settings));
      case MONGO -> MongoCheck.check(stores.mongoUri(), stores.mongoDatabase(), named);
      case REDIS -> RedisCheck.check(stores.redisUri());
      case KAFKA -> KafkaCheck.check(KafkaConfig.from(settings));
    };
  }

  private List<Finding> disk() throws IOException {
    FileStore disk = Files.getFileStore(data);
    List<Finding> findings = new ArrayList<>();
    String place = "data folder " + data.toAbsolutePath().normalize();
    Finding.requireFree(findings, place, disk.getUsableSpace(), disk.getTotalSpace());
    if (!Files.isWritable(data)) {
      findings.add(
          new Finding(place, "this user may not write it", "give it to the server's user"));
    }
    if (findings.isEmpty()) {
      findings.add(Finding.well(place, "its disk has room"));
    }
    return findings;
  }
}
