package im.hongyan.stores.servers;

import de.bwaldvogel.mongo.MongoServer;
import im.hongyan.embedded.EmbeddedStores.Kind;
import im.hongyan.kit.config.Settings;
import im.hongyan.stores.mongo.Mongo;
import im.hongyan.stores.mysql.MySql;
import im.hongyan.stores.mysql.MySqlConfig;
import im.hongyan.stores.redis.Redis;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.server.common.MetadataVersion;
import org.bson.Document;

/** What a server says it is. */
final class Product {
  private Product() {}

  static String of(Kind kind, Settings settings) {
    return switch (kind) {
      case MYSQL -> mysql(settings);
      case MONGO -> mongo(settings);
      case REDIS -> redis(settings);
      case KAFKA -> kafka(settings);
    };
  }

  private static String mysql(Settings settings) {
    try (MySql mysql = MySql.open(MySqlConfig.from(settings), new SimpleMeterRegistry())) {
      return mysql.product();
    }
  }

  private static String mongo(Settings settings) {
    try (Mongo mongo = Mongo.open(settings.secret("mongo.uri", ""), "product")) {
      Document build = mongo.database().runCommand(new Document("buildInfo", 1));
      String spoken = "MongoDB " + build.getString("version");
      if (build.containsKey("ferretdbVersion")) {
        return "FerretDB " + build.getString("ferretdbVersion") + ", as " + spoken;
      }
      // Only MongoDB itself tells its modules; the other server does not tell its name.
      return build.containsKey("modules") ? spoken : mongoJavaServer() + ", as " + spoken;
    }
  }

  private static String mongoJavaServer() {
    String jar = MongoServer.class.getProtectionDomain().getCodeSource().getLocation().getPath();
    return jar.replaceFirst(".*/(mongo-java-server)-core-(.*)\\.jar", "$1 $2");
  }

  private static String redis(Settings settings) {
    try (Redis redis = Redis.open(settings.secret("redis.uri", ""))) {
      return Redis.await(redis.commands().info("server"))
          .lines()
          .filter(line -> line.startsWith("redis_version:"))
          .map(line -> "Redis " + line.substring(line.indexOf(':') + 1))
          .findFirst()
          .orElse("Redis of unknown version");
    }
  }

  private static String kafka(Settings settings) {
    try (Admin admin =
        Admin.create(Map.of("bootstrap.servers", settings.text("kafka.address", "")))) {
      var features = admin.describeFeatures().featureMetadata().get().finalizedFeatures();
      var metadata = features.get(MetadataVersion.FEATURE_NAME);
      return metadata == null
          ? "Kafka of unknown version"
          : "Kafka " + MetadataVersion.fromFeatureLevel(metadata.maxVersionLevel());
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
