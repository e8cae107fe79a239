package im.hongyan.auth.storage;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.MySqlConfig;
import im.hongyan.drivers.redis.Redis;
import im.hongyan.embedded.DataFolder;
import im.hongyan.embedded.EmbeddedStores;
import im.hongyan.embedded.EmbeddedStores.Kind;
import im.hongyan.kit.config.Secret;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.lifecycle.Lifecycle;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A real MariaDB and a real Redis for the tests of a JVM; {@link TokenStoresExtension} closes them.
 */
final class TokenStores implements AutoCloseable {
  private final DataFolder data = DataFolder.ephemeral();
  private final Lifecycle lifecycle = new Lifecycle();
  private final AtomicInteger users = new AtomicInteger();

  final Secret redisUri;
  final MySql mysql;
  final Redis redis;

  TokenStores() {
    Map<String, String> found =
        EmbeddedStores.start(EnumSet.of(Kind.MYSQL, Kind.REDIS), data, lifecycle);
    Settings settings = Settings.load(Path.of("none"), Map.of(), found);
    redisUri = settings.secret("redis.uri", "");
    mysql =
        lifecycle.add("pool", MySql.open(MySqlConfig.from(settings), new SimpleMeterRegistry()));
    redis = lifecycle.add("connection", Redis.open(redisUri));
  }

  /** A user with a row of its own; its id tries to break the hash tag of its keys. */
  String newUser() {
    String user = "}user%{" + users.incrementAndGet();
    addUser(user);
    return user;
  }

  void addUser(String user) {
    mysql
        .jdbi()
        .useHandle(handle ->
            handle.execute(
                "INSERT INTO user (user_id, nickname, face_url, ex, app_manger_level,"
                    + " global_recv_msg_opt, create_time) VALUES (?, '', '', '', 0, 0, 0)",
                MySql.id(user)));
  }

  @Override
  public void close() throws IOException {
    lifecycle.close();
    data.close();
  }
}
