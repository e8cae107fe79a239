package im.hongyan.testkit.stores;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import de.bwaldvogel.mongo.MongoServer;
import im.hongyan.embedded.EmbeddedStores.Kind;
import im.hongyan.kit.config.Settings;
import io.lettuce.core.RedisClient;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.security.scram.ScramLoginModule;
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
    String url =
        "jdbc:mariadb://%s/%s?allowPublicKeyRetrieval=true"
            .formatted(settings.text("mysql.address", ""), settings.text("mysql.database", ""));
    try (Connection connection =
        DriverManager.getConnection(
            url, settings.text("mysql.user", ""), settings.secret("mysql.password", "").reveal())) {
      var server = connection.getMetaData();
      return server.getDatabaseProductName() + " " + server.getDatabaseProductVersion();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String mongo(Settings settings) {
    try (MongoClient mongo = MongoClients.create(settings.secret("mongo.uri", "").reveal())) {
      Document build = mongo.getDatabase("product").runCommand(new Document("buildInfo", 1));
      String spoken = "MongoDB " + build.getString("version");
      if (build.containsKey("ferretdbVersion")) {
        return "FerretDB " + build.getString("ferretdbVersion") + ", as " + spoken;
      }
      // Only MongoDB itself reports its modules; the other server does not report its name.
      return build.containsKey("modules") ? spoken : mongoJavaServer() + ", as " + spoken;
    }
  }

  private static String mongoJavaServer() {
    String jar = MongoServer.class.getProtectionDomain().getCodeSource().getLocation().getPath();
    return jar.replaceFirst(".*/(mongo-java-server)-core-(.*)\\.jar", "$1 $2");
  }

  private static String redis(Settings settings) {
    try (RedisClient redis = RedisClient.create(settings.secret("redis.uri", "").reveal());
        var connection = redis.connect()) {
      return connection
          .sync()
          .info("server")
          .lines()
          .filter(line -> line.startsWith("redis_version:"))
          .map(line -> "Redis " + line.substring(line.indexOf(':') + 1))
          .findFirst()
          .orElse("Redis of unknown version");
    }
  }

  private static Map<String, Object> kafkaClient(Settings settings) {
    Map<String, Object> client = new HashMap<>();
    client.put("bootstrap.servers", settings.text("kafka.address", ""));
    if (settings.present("kafka.username")) {
      client.put("security.protocol", "SASL_PLAINTEXT");
      client.put("sasl.mechanism", settings.text("kafka.saslMechanism", ""));
      client.put(
          "sasl.jaas.config",
          "%s required username=\"%s\" password=\"%s\";"
              .formatted(
                  ScramLoginModule.class.getName(),
                  settings.text("kafka.username", ""),
                  settings.secret("kafka.password", "").reveal()));
    }
    return client;
  }

  private static String kafka(Settings settings) {
    try (Admin admin = Admin.create(kafkaClient(settings))) {
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
