package im.hongyan.server;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.drivers.mysql.MySqlConfig;
import im.hongyan.kit.config.Secret;
import im.hongyan.kit.config.Settings;

/**
 * Where the stores are.
 *
 * @param mongoUri connection string of a server that speaks MongoDB's protocol
 * @param redisUri redis:// or rediss://, with its password
 */
public record StoresConfig(
    MySqlConfig mysql, Secret mongoUri, String mongoDatabase, Secret redisUri, KafkaConfig kafka) {
  /** Reads sections {@code mysql}, {@code mongo}, {@code redis} and {@code kafka}. */
  public static StoresConfig from(Settings settings) {
    return new StoresConfig(
        MySqlConfig.from(settings),
        settings.secret("mongo.uri", "mongodb://localhost:27017"),
        settings.text("mongo.database", "hongyan"),
        settings.secret("redis.uri", "redis://localhost:6379"),
        KafkaConfig.from(settings));
  }
}
