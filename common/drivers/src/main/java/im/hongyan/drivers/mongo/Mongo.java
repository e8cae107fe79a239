package im.hongyan.drivers.mongo;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoException;
import com.mongodb.MongoSecurityException;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import im.hongyan.kit.config.Secret;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.error.StoreUnavailableException;
import java.util.concurrent.TimeUnit;
import org.bson.Document;

/**
 * A server that speaks MongoDB's protocol. Safe for use by several threads; its creator closes it.
 */
public final class Mongo implements AutoCloseable {
  private static final int SELECT_TIMEOUT_SECONDS = 5;
  private static final int UNAUTHORIZED = 13;
  private static final int READ_TIMEOUT_SECONDS = 15;

  private final MongoClient client;
  private final MongoDatabase database;

  private Mongo(MongoClient client, String database) {
    this.client = client;
    this.database = client.getDatabase(database);
  }

  /**
   * Connects.
   *
   * @throws ImException 500 with one clear line when the store does not answer
   */
  public static Mongo open(Secret uri, String database) {
    ConnectionString address = new ConnectionString(uri.reveal());
    MongoClient client =
        MongoClients.create(
            MongoClientSettings.builder()
                .applyToClusterSettings(cluster ->
                    cluster.serverSelectionTimeout(SELECT_TIMEOUT_SECONDS, TimeUnit.SECONDS))
                .applyToSocketSettings(
                    socket -> socket.readTimeout(READ_TIMEOUT_SECONDS, TimeUnit.SECONDS))
                // Last, so that the address's own options win.
                .applyConnectionString(address)
                .applicationName("hongyan")
                .build());
    try {
      client.getDatabase(database).runCommand(new Document("ping", 1));
    } catch (MongoException e) {
      client.close();
      String hosts = String.join(", ", address.getHosts());
      if (e instanceof MongoSecurityException || e.getCode() == UNAUTHORIZED) {
        throw new StoreUnavailableException(
            "MongoDB at " + hosts + " refuses the user and password of mongo.uri");
      }
      throw new StoreUnavailableException(
          "MongoDB at " + hosts + " does not answer; start it, or set mongo.uri");
    }
    return new Mongo(client, database);
  }

  /** Where an address leads, without its password. */
  public static String place(Secret uri) {
    return String.join(", ", new ConnectionString(uri.reveal()).getHosts());
  }

  /** Access for stores. */
  public MongoDatabase database() {
    return database;
  }

  @Override
  public void close() {
    client.close();
  }
}
