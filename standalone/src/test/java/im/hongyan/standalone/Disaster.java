package im.hongyan.standalone;

import im.hongyan.drivers.redis.Redis;
import im.hongyan.kit.config.Secret;
import im.hongyan.testkit.system.Cluster;
import im.hongyan.testkit.system.Cluster.Service;
import im.hongyan.testkit.system.StoreServers.Store;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Stream;

/** What can happen to a cluster. Immutable. */
sealed interface Disaster {
  /** A service is killed and started again. */
  record ServiceKilled(Service service) implements Disaster {}

  /** A store is killed and started again. */
  record StoreKilled(Store store) implements Disaster {}

  /** Redis or MariaDB is killed, and comes back by itself. */
  record ChildKilled(String store) implements Disaster {}

  /** FLUSHALL. */
  record RedisEmptied() implements Disaster {}

  /** Redis is killed, and comes back as it was some time ago. */
  record RedisSetBack() implements Disaster {}

  /** All there are, shuffled. */
  static List<Disaster> all(Random random) {
    List<Disaster> all = new ArrayList<>(List.of(new RedisEmptied(), new RedisSetBack()));
    all.addAll(services());
    all.addAll(stores());
    Collections.shuffle(all, random);
    return all;
  }

  /** Two services, two stores, and what happens to Redis alone, shuffled. */
  static List<Disaster> some(Random random) {
    List<Disaster> services = services();
    List<Disaster> stores = stores();
    Collections.shuffle(services, random);
    Collections.shuffle(stores, random);
    List<Disaster> some = new ArrayList<>(List.of(new RedisEmptied(), new RedisSetBack()));
    some.addAll(services.subList(0, 2));
    some.addAll(stores.subList(0, 2));
    Collections.shuffle(some, random);
    return some;
  }

  private static List<Disaster> services() {
    return new ArrayList<>(Stream.of(Service.values()).map(ServiceKilled::new).toList());
  }

  private static List<Disaster> stores() {
    List<Disaster> stores = new ArrayList<>();
    Stream.of(Store.values()).map(StoreKilled::new).forEach(stores::add);
    stores.add(new ChildKilled("redis"));
    stores.add(new ChildKilled("mariadb"));
    return stores;
  }

  /**
   * Makes it happen; returns once what was killed serves again, or will by itself.
   *
   * @param scratch a folder that is not there yet
   * @param meanwhile what is waited for between an old state and the return to it
   */
  default void strike(Cluster cluster, Path scratch, Runnable meanwhile) {
    switch (this) {
      case ServiceKilled killed -> {
        cluster.kill(killed.service());
        cluster.startAgain(killed.service());
      }
      case StoreKilled killed -> {
        cluster.stores().kill(killed.store());
        cluster.stores().startAgain(killed.store());
      }
      case ChildKilled killed -> cluster.stores().killChild(killed.store());
      case RedisEmptied _ -> {
        String uri = Objects.requireNonNull(cluster.stores().settings().get("redis.uri"));
        try (Redis redis = Redis.open(new Secret(uri))) {
          Redis.await(redis.commands().flushall());
        }
      }
      case RedisSetBack _ -> {
        cluster.stores().copyRedis(scratch);
        meanwhile.run();
        cluster.stores().restoreRedis(scratch);
      }
    }
  }
}
