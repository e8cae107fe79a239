package im.hongyan.push.storage;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.MySqlConfig;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves that exactly the token of one user's platform is forgotten; ids differ by case. */
@ExtendWith(TestStoresExtension.class)
class MySqlPushTokenStoreIT {
  @Test
  void oneTokenIsForgottenAndNoOther(TestStores servers) {
    try (MySql mysql = MySql.open(MySqlConfig.from(servers.mysql()), new SimpleMeterRegistry())) {
      for (String user : List.of("alice", "ALICE", "鸿雁")) {
        add(mysql, user, 1);
        add(mysql, user, 11);
      }
      MySqlPushTokenStore store = new MySqlPushTokenStore(mysql);
      store.delete("alice", 1);
      store.delete("鸿雁", 11);
      store.delete("nobody", 1);
      assertThat(tokens(mysql)).containsExactly("ALICE:1", "ALICE:11", "alice:11", "鸿雁:1");
    }
  }

  private static void add(MySql mysql, String user, int platform) {
    mysql
        .jdbi()
        .useHandle(handle ->
            handle.execute(
                "INSERT INTO push_token (user_id, platform_id, token, updated_at) VALUES"
                    + " (?, ?, 'token', 1)",
                MySql.id(user),
                platform));
  }

  private static List<String> tokens(MySql mysql) {
    return mysql
        .jdbi()
        .withHandle(handle ->
            handle
                .createQuery(
                    "SELECT user_id, platform_id FROM push_token ORDER BY user_id, platform_id")
                .map((row, context) -> MySql.id(row.getBytes(1)) + ":" + row.getInt(2))
                .list());
  }
}
