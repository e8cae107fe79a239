package im.hongyan.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.drivers.redis.Redis;
import im.hongyan.embedded.EmbeddedStores;
import im.hongyan.embedded.EmbeddedStores.Kind;
import im.hongyan.kit.config.Secret;
import im.hongyan.kit.config.Settings;
import im.hongyan.testkit.system.RunningSystem;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Proves that {@code ./hongyan doctor} has one line on each store that is well, and one line with a
 * remedy on each thing that is not. Has a system of its own, whose stores it spoils.
 */
class DoctorE2E {
  @TempDir private Path folder;

  private record Said(int status, String text) {}

  private static Said doctor(Map<String, String> environment, String... arguments) {
    StringWriter text = new StringWriter();
    int status = DoctorMain.execute(arguments, new PrintWriter(text, true), environment);
    return new Said(status, text.toString());
  }

  @Test
  void everyStoreIsLookedAtAndEveryProblemHasItsRemedy() throws IOException {
    try (RunningSystem system = RunningSystem.start(folder.resolve("data"))) {
      String data = "--data=" + system.data();
      Said well = doctor(Map.of(), data);
      assertThat(well.status()).as(well.text()).isZero();
      assertThat(well.text())
          .hasLineCount(6)
          .containsPattern("(?m)^http.*: all \\d+ parts are ready$")
          .containsPattern("(?m)^MySQL at .*: .*MariaDB.*, rights, clock and tables are well$")
          .containsPattern("(?m)^MongoDB at .* are well$")
          .containsPattern("(?m)^Redis at .*: Redis .* are well$")
          .containsPattern("(?m)^Kafka at .*: 1 brokers, .* are well$")
          .containsPattern("(?m)^data folder .*: its disk has room$")
          .doesNotContain("->");

      Map<String, String> stores = new HashMap<>();
      for (Kind kind : Kind.values()) {
        stores.putAll(EmbeddedStores.settings(kind, system.data()).orElseThrow());
      }
      spoilRedis(stores, data);
      othersAreNamedByTheirSettings(stores, data);
    }
  }

  private static void spoilRedis(Map<String, String> stores, String data) {
    try (Redis redis = Redis.open(new Secret(stores.getOrDefault("redis.uri", "")))) {
      Redis.await(redis.commands().configSet("maxmemory-policy", "allkeys-lru"));
      Said said = doctor(Map.of(), data);
      assertThat(said.status()).isEqualTo(1);
      assertThat(said.text())
          .containsPattern("(?m)^Redis at .*: it evicts keys .* -> CONFIG SET maxmemory-policy")
          .doesNotContain("exception");
      Redis.await(redis.commands().configSet("maxmemory-policy", "noeviction"));
    }
  }

  /** Named stores are looked at as an operator set them: here with faults in what was set. */
  private static void othersAreNamedByTheirSettings(Map<String, String> stores, String data) {
    Map<String, String> environment = new HashMap<>();
    stores.forEach((key, value) -> environment.put(Settings.variable(key), value));
    environment.put("HONGYAN_DISCOVERY_KIND", "static");
    environment.put("HONGYAN_KAFKA_LANES", "7");
    environment.put("HONGYAN_KAFKA_REPLICAS", "2");
    environment.put("HONGYAN_KAFKA_DURABILITY", "power");
    environment.put("HONGYAN_MYSQL_PASSWORD", "guess");
    environment.put("HONGYAN_REDIS_URI", "redis://127.0.0.1:1");
    environment.put("HONGYAN_MONGO_URI", "mongodb://127.0.0.1:1");
    Said said = doctor(environment, data);
    assertThat(said.status()).isEqualTo(1);
    assertThat(said.text())
        .containsPattern("(?m)^MySQL at .*: .*does not answer.* -> start it, or set mysql.address")
        .containsPattern("(?m)^Redis at 127.0.0.1:1: .*does not answer.* -> start it")
        .containsPattern("(?m)^MongoDB at 127.0.0.1:1: .*does not answer.* -> start it")
        .containsPattern("(?m)^Kafka at .*: 1 brokers are there, and kafka.replicas is 2 -> ")
        .containsPattern("(?m)^Kafka at .*im-inbound has 4 partitions, and kafka.lanes is 7 -> ")
        .containsPattern("(?m)^Kafka at .*: topic im-inbound: flush.messages is .* -> run")
        .doesNotContain("guess", "Exception:")
        .doesNotContain(KafkaConfig.class.getName());

    environment.remove("HONGYAN_DISCOVERY_KIND");
    environment.put("HONGYAN_ETCD_ADDRESS", "127.0.0.1:1");
    assertThat(doctor(environment, data).text())
        .containsPattern("(?m)^etcd at 127.0.0.1:1: .*cannot be used.* -> start it, or set etcd");
  }
}
