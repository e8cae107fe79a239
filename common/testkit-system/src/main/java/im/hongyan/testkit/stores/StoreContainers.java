package im.hongyan.testkit.stores;

import com.github.dockerjava.api.exception.NotFoundException;
import im.hongyan.embedded.EmbeddedStores.Kind;
import im.hongyan.kit.lifecycle.Lifecycle;
import java.util.Map;
import java.util.Optional;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.kafka.KafkaContainer;

/** The stores in containers of the images that Docker has; none is pulled. */
final class StoreContainers {
  private static final String SECRET = "contract";

  private StoreContainers() {}

  private static String image(Kind kind) {
    return switch (kind) {
      case MYSQL -> "mysql:8.4";
      case MONGO -> "mongo:7";
      case REDIS -> "redis:7";
      case KAFKA -> "apache/kafka:4.1.0";
    };
  }

  /** What is missing for a store: Docker or its image. */
  static Optional<String> missing(Kind kind) {
    DockerClientFactory docker = DockerClientFactory.instance();
    if (!docker.isDockerAvailable()) {
      return Optional.of("Docker");
    }
    try {
      docker.client().inspectImageCmd(image(kind)).exec();
      return Optional.empty();
    } catch (NotFoundException e) {
      return Optional.of("Docker's image " + image(kind));
    }
  }

  /** Starts a store and returns the settings that lead to it; the lifecycle stops it. */
  static Map<String, String> start(Kind kind, Lifecycle lifecycle) {
    return switch (kind) {
      case MYSQL -> mysql(lifecycle);
      case MONGO -> Map.of("mongo.uri", "mongodb://" + plain(kind, 27017, lifecycle));
      case REDIS -> Map.of("redis.uri", "redis://" + plain(kind, 6379, lifecycle));
      case KAFKA -> {
        KafkaContainer kafka = lifecycle.add("kafka", new KafkaContainer(image(kind)));
        kafka.start();
        yield Map.of(
            "kafka.address",
            kafka.getBootstrapServers().replaceFirst("^.*://", ""),
            "kafka.lanes",
            "4",
            "kafka.replicas",
            "1");
      }
    };
  }

  private static Map<String, String> mysql(Lifecycle lifecycle) {
    GenericContainer<?> mysql =
        lifecycle
            .add("mysql", new GenericContainer<>(image(Kind.MYSQL)))
            .withEnv("MYSQL_DATABASE", "hongyan")
            .withEnv("MYSQL_USER", "hongyan")
            .withEnv("MYSQL_PASSWORD", SECRET)
            .withEnv("MYSQL_RANDOM_ROOT_PASSWORD", "yes")
            .withExposedPorts(3306)
            // The set-up runs a first server that does not listen.
            .waitingFor(Wait.forLogMessage(".*ready for connections.* port: 3306 .*", 1));
    mysql.start();
    return Map.of(
        "mysql.address",
        address(mysql, 3306),
        "mysql.database",
        "hongyan",
        "mysql.user",
        "hongyan",
        "mysql.password",
        SECRET);
  }

  private static String plain(Kind kind, int port, Lifecycle lifecycle) {
    GenericContainer<?> container =
        lifecycle
            .add(kind.name(), new GenericContainer<>(image(kind)))
            .withExposedPorts(port)
            .waitingFor(Wait.forListeningPort());
    container.start();
    return address(container, port);
  }

  private static String address(GenericContainer<?> container, int port) {
    return container.getHost() + ":" + container.getMappedPort(port);
  }
}
