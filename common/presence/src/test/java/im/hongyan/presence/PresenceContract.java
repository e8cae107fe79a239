package im.hongyan.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import im.hongyan.drivers.redis.Redis;
import im.hongyan.kit.config.Secret;
import im.hongyan.presence.PresenceReader.NodePresence;
import im.hongyan.testkit.net.Link;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import im.hongyan.wire.error.ImError;
import im.hongyan.wire.error.ImException;
import io.lettuce.core.RedisURI;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

/** A connection for the tests of a class, and a gateway of its own for each of them. */
@ExtendWith(TestStoresExtension.class)
abstract class PresenceContract {
  private static final AtomicInteger NODES = new AtomicInteger();
  private static Secret uri;
  static Redis redis;
  static PresenceReader reader;

  String node;
  PresenceWriter writer;

  @BeforeAll
  static void open(TestStores servers) {
    uri = servers.redisUri();
    redis = Redis.open(uri);
    reader = new PresenceReader(redis);
  }

  @AfterAll
  static void close() {
    if (redis != null) {
      redis.close();
    }
  }

  @BeforeEach
  void takeANode() {
    node = "ws-" + NODES.getAndIncrement();
    writer = new PresenceWriter(redis, node);
  }

  byte[] key() {
    return PresenceKeys.node(node);
  }

  NodePresence read(String... users) {
    return read(List.of(users));
  }

  NodePresence read(Collection<String> users) {
    Map<String, NodePresence> nodes = reader.read(List.of(node), users);
    assertThat(nodes).containsOnlyKeys(node);
    return nodes.values().iterator().next();
  }

  static NodePresence complete(Map<String, Set<Integer>> platforms) {
    return new NodePresence(true, platforms);
  }

  static Link link() {
    RedisURI address = RedisURI.create(uri.reveal());
    return new Link(address.getHost(), address.getPort());
  }

  static Secret through(Link link) {
    RedisURI address = RedisURI.create(uri.reveal());
    return new Secret(
        uri.reveal()
            .replace(address.getHost() + ":" + address.getPort(), "127.0.0.1:" + link.port()));
  }

  static void fails(Runnable operation) {
    assertThatExceptionOfType(ImException.class)
        .isThrownBy(operation::run)
        .matches(failure -> failure.is(ImError.INTERNAL))
        .withMessageContaining("Redis does not answer");
  }
}
