package im.hongyan.standalone;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.drivers.mongo.Mongo;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.mysql.MySqlConfig;
import im.hongyan.drivers.redis.Redis;
import im.hongyan.embedded.EmbeddedStores;
import im.hongyan.kit.config.Settings;
import im.hongyan.kit.lifecycle.Lifecycle;
import im.hongyan.messagelog.kafka.KafkaAdmin;
import im.hongyan.messagelog.kafka.LogDeletion;
import im.hongyan.messagelog.kafka.Topics;
import im.hongyan.messagelog.mongo.MongoInboxStore;
import im.hongyan.messagelog.mysql.MySqlHistoryStore;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** The stores of a running system, reached beside it; its creator closes it. */
final class RunStores implements AutoCloseable {
  private final Lifecycle lifecycle = new Lifecycle();
  private final KafkaConfig kafka;
  private final LogDeletion deletion;
  final Redis redis;
  final MySql mysql;
  final MySqlHistoryStore history;
  final MongoInboxStore inbox;

  RunStores(Path data) {
    Settings settings = Settings.load(Path.of("none"), Map.of(), settings(data));
    kafka = KafkaConfig.from(settings);
    deletion = new LogDeletion(lifecycle.add("kafka admin", new KafkaAdmin(kafka)));
    redis = lifecycle.add("redis", Redis.open(settings.secret("redis.uri", "")));
    mysql =
        lifecycle.add("mysql", MySql.open(MySqlConfig.from(settings), new SimpleMeterRegistry()));
    history = new MySqlHistoryStore(mysql);
    inbox =
        new MongoInboxStore(
            lifecycle.add(
                "mongo",
                Mongo.open(
                    settings.secret("mongo.uri", ""), settings.text("mongo.database", "hongyan"))));
  }

  private static Map<String, String> settings(Path data) {
    Map<String, String> all = new HashMap<>();
    try {
      for (EmbeddedStores.Kind kind : EmbeddedStores.Kind.values()) {
        all.putAll(EmbeddedStores.settings(kind, data).orElseThrow());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all;
  }

  int lanes() {
    return kafka.lanes();
  }

  /** Takes everything out of the logs of a lane, as an operator may; returns where it begins. */
  long cut(int lane) {
    for (String topic : List.of(Topics.INBOUND, Topics.SEQUENCED, Topics.OFFLINE_PUSH)) {
      deletion.deleteBefore(topic, lane, end(topic, lane));
    }
    return deletion.begin(Topics.SEQUENCED, lane);
  }

  /** Offset that the next record of a log will get. */
  long end(String topic, int lane) {
    return deletion.firstSince(topic, lane, Long.MAX_VALUE / 2);
  }

  /** Holds the history writers up until the handle is closed. */
  Handle holdHistory() {
    Handle handle = mysql.jdbi().open();
    handle.begin();
    handle
        .createQuery("SELECT lane FROM sequence_position WHERE follower = 'history' FOR UPDATE")
        .mapTo(Integer.class)
        .list();
    return handle;
  }

  /** Cuts off every history writer that is held up. */
  void cutHistoryOff() {
    mysql
        .jdbi()
        .useHandle(handle ->
            handle
                .createQuery(
                    "SELECT id FROM information_schema.processlist"
                        + " WHERE info LIKE 'UPDATE sequence_position%'")
                .mapTo(Long.class)
                .forEach(id -> handle.execute("KILL QUERY " + id)));
  }

  @Override
  public void close() {
    lifecycle.close();
  }
}
