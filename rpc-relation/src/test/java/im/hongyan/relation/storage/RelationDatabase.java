package im.hongyan.relation.storage;

import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.MySqlConfig;
import im.hongyan.embedded.DataFolder;
import im.hongyan.embedded.EmbeddedStores;
import im.hongyan.embedded.EmbeddedStores.Kind;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.lifecycle.Lifecycle;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;

/** A real MariaDB for the tests of a JVM; {@link RelationDatabaseExtension} closes it. */
final class RelationDatabase implements AutoCloseable {
  private final DataFolder data = DataFolder.ephemeral();
  private final Lifecycle lifecycle = new Lifecycle();

  final MySql mysql;

  RelationDatabase() {
    Map<String, String> found = EmbeddedStores.start(EnumSet.of(Kind.MYSQL), data, lifecycle);
    Settings settings = Settings.load(Path.of("none"), Map.of(), found);
    mysql =
        lifecycle.add("pool", MySql.open(MySqlConfig.from(settings), new SimpleMeterRegistry()));
  }

  @Override
  public void close() throws IOException {
    lifecycle.close();
    data.close();
  }
}
