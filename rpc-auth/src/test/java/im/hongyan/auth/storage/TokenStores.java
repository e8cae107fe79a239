package im.hongyan.auth.storage;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.MySqlConfig;
import im.hongyan.drivers.redis.Redis;
import im.hongyan.kit.config.Secret;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.wire.id.UserId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/** Access to the database and the Redis of the test JVM, and their users. */
final class TokenStores implements AutoCloseable {
  private static final AtomicInteger USERS = new AtomicInteger();

  final Secret redisUri;
  final MySql mysql;
  final Redis redis;

  TokenStores(TestStores servers) {
    redisUri = servers.redisUri();
    mysql = MySql.open(MySqlConfig.from(servers.mysql()), new SimpleMeterRegistry());
    redis = Redis.open(redisUri);
    createUsers();
  }

  /** Makes what rpc-auth reads of rpc-relation's table; a change of tokens locks its user's row. */
  private void createUsers() {
    mysql
        .jdbi()
        .useHandle(handle ->
            handle.execute(
                "CREATE TABLE IF NOT EXISTS user (user_id VARBINARY(64) NOT NULL PRIMARY KEY)"));
  }

  /** A user with a row of its own; its id tries to break the hash tag of its keys. */
  UserId newUser() {
    UserId user = new UserId("}user%{" + USERS.incrementAndGet());
    addUser(user);
    return user;
  }

  void addUser(UserId user) {
    mysql.jdbi().useHandle(handle -> handle.execute("INSERT INTO user (user_id) VALUES (?)", user));
  }

  @Override
  public void close() {
    redis.close();
    mysql.close();
  }
}
