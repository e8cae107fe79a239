package im.hongyan.messagelog.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.MySqlConfig;
import im.hongyan.testkit.stores.TestStores;
import im.hongyan.testkit.stores.TestStoresExtension;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Proves that what an installation decides once stays decided. */
@ExtendWith(TestStoresExtension.class)
class SettingStoreContractIT {
  @Test
  void theFirstDecisionStays(TestStores stores) {
    MySqlConfig config = MySqlConfig.from(stores.mysql());
    try (MySql mysql = MySql.open(config, new SimpleMeterRegistry())) {
      SettingStore settings = new SettingStore(mysql);
      assertThat(settings.decide("colour", "blue")).isEqualTo("blue");
      assertThat(settings.decide("colour", "red")).isEqualTo("blue");
      assertThat(settings.decide("Colour", "red")).isEqualTo("red");
    }
  }
}
