package im.hongyan.standalone;

import im.hongyan.drivers.mongo.Mongo;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.embedded.EmbeddedStores;
import im.hongyan.embedded.EmbeddedStores.Kind;
import im.hongyan.kit.config.Settings;
import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.messagelog.lane.InboxStore;
import im.hongyan.messagelog.mongo.MongoInboxStore;
import im.hongyan.messagelog.mysql.MySqlHistoryStore;
import im.hongyan.proto.sdkws.MsgData;
import im.hongyan.server.StoresConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the inbox and the history of a running system hold, read past the system. */
final class StoredMessages implements AutoCloseable {
  private final MySql mysql;
  private final Mongo mongo;
  private final HistoryStore history;
  private final InboxStore inbox;

  /** Opens the stores that settings lead to. */
  StoredMessages(Map<String, String> settings) {
    StoresConfig config = StoresConfig.from(Settings.load(Path.of("none.yml"), Map.of(), settings));
    mysql = MySql.open(config.mysql(), new SimpleMeterRegistry());
    mongo = Mongo.open(config.mongoUri(), config.mongoDatabase());
    history = new MySqlHistoryStore(mysql);
    inbox = new MongoInboxStore(mongo);
  }

  /** Opens the embedded stores of a data folder. */
  static StoredMessages of(Path data) {
    try {
      Map<String, String> settings = new HashMap<>();
      for (Kind kind : List.of(Kind.MYSQL, Kind.MONGO)) {
        settings.putAll(EmbeddedStores.settings(kind, data).orElseThrow());
      }
      return new StoredMessages(settings);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The seqs that history holds of a conversation, ascending. */
  List<Long> seqs(String conversation) {
    return mysql
        .jdbi()
        .withHandle(handle ->
            handle
                .createQuery("SELECT seq FROM message WHERE conversation_id = ? ORDER BY seq")
                .bind(0, MySql.id(conversation))
                .mapTo(Long.class)
                .list());
  }

  /** Messages of a conversation in history's order. */
  List<MsgData> history(String conversation, List<Long> seqs) {
    return inOrder(history.find(conversation, seqs), seqs);
  }

  /** Messages of a conversation in the inbox's order. */
  List<MsgData> inbox(String conversation, List<Long> seqs) {
    return inOrder(inbox.find(conversation, seqs), seqs);
  }

  private static List<MsgData> inOrder(Map<Long, byte[]> bodies, List<Long> seqs) {
    return seqs.stream()
        .flatMap(seq -> Optional.ofNullable(bodies.get(seq)).stream())
        .map(StoredMessages::parse)
        .toList();
  }

  private static MsgData parse(byte[] body) {
    try {
      return MsgData.parseFrom(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    mysql.close();
    mongo.close();
  }
}
