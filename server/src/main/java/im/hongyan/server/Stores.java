package im.hongyan.server;

import im.hongyan.drivers.kafka.KafkaConfig;
import im.hongyan.drivers.mongo.Mongo;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.redis.Redis;
import im.hongyan.kit.service.ServiceContext;
import im.hongyan.messagelog.kafka.Topics;
import im.hongyan.messagelog.mysql.SettingStore;
import im.hongyan.wire.error.ImException;
import im.hongyan.wire.error.StoreUnavailableException;
import im.hongyan.wire.id.Lane;
import org.jspecify.annotations.Nullable;

/**
 * The stores that a process uses, each opened when first asked for and closed with the platform's
 * lifecycle. Used by one thread at start. A store that does not answer is named in one line, as
 * {@link ImException} 500.
 */
public final class Stores {
  private final StoresConfig config;
  private final ServiceContext context;
  private final Preparation preparation;
  private @Nullable MySql mysql;
  private @Nullable Mongo mongo;
  private @Nullable Redis redis;
  private boolean topicsChecked;

  /** What is done where tables and topics are not those of this version. */
  public enum Preparation {
    /** They are brought up to date. */
    MIGRATE,
    /** The start is refused. */
    REQUIRE
  }

  /** Opens nothing yet. */
  public Stores(StoresConfig config, ServiceContext context, Preparation preparation) {
    this.config = config;
    this.context = context;
    this.preparation = preparation;
  }

  /** The database, with the tables of this version. */
  public MySql mysql() {
    MySql opened = mysql;
    if (opened == null) {
      opened =
          context
              .lifecycle()
              .add(
                  "mysql",
                  switch (preparation) {
                    case MIGRATE -> MySql.open(config.mysql(), context.meters());
                    case REQUIRE -> MySql.openCurrent(config.mysql(), context.meters());
                  });
      mysql = opened;
    }
    return opened;
  }

  /** The inbox's server. */
  public Mongo mongo() {
    Mongo opened = mongo;
    if (opened == null) {
      opened =
          context.lifecycle().add("mongo", Mongo.open(config.mongoUri(), config.mongoDatabase()));
      mongo = opened;
    }
    return opened;
  }

  /** Redis. */
  public Redis redis() {
    Redis opened = redis;
    if (opened == null) {
      opened = context.lifecycle().add("redis", Redis.open(config.redisUri()));
      redis = opened;
    }
    return opened;
  }

  /**
   * Kafka, with its topics. The number of lanes and the hash that chooses one are kept in MySQL at
   * set-up and never change.
   */
  public KafkaConfig kafka() {
    KafkaConfig kafka = config.kafka();
    if (!topicsChecked) {
      switch (preparation) {
        case MIGRATE -> Topics.create(kafka);
        case REQUIRE -> Topics.require(kafka);
      }
      topicsChecked = true;
    }
    return kafka;
  }

  /**
   * Keeps how lanes are chosen, or compares it with what was kept.
   *
   * @throws ImException when the installation was set up with another choice
   */
  public void decideLanes() {
    decideLanes(mysql(), config.kafka());
  }

  static void decideLanes(MySql mysql, KafkaConfig kafka) {
    String now = kafka.lanes() + " " + Lane.HASH_NAME;
    String kept = new SettingStore(mysql).decide("lanes", now);
    if (!kept.equals(now)) {
      throw new StoreUnavailableException(
          "this installation was set up with lanes '"
              + kept
              + "', but kafka.lanes and this version make '"
              + now
              + "'; set kafka.lanes to the first number");
    }
  }
}
