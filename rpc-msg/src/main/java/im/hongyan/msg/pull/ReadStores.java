package im.hongyan.msg.pull;

import im.hongyan.stores.mongo.InboxStore;
import im.hongyan.stores.mongo.Mongo;
import im.hongyan.stores.mysql.HistoryStore;
import im.hongyan.stores.mysql.MarkStore;
import im.hongyan.stores.mysql.MySql;
import im.hongyan.stores.redis.LaneCache;
import im.hongyan.stores.redis.LaneViews;
import im.hongyan.stores.redis.Redis;

/** The stores that readers ask, in this order. */
public record ReadStores(
    LaneCache cache, LaneViews views, InboxStore inbox, HistoryStore history, MarkStore marks) {
  /** Readers over the connections. */
  public static ReadStores of(Redis redis, Mongo mongo, MySql mysql) {
    return new ReadStores(
        new LaneCache(redis),
        new LaneViews(redis),
        new InboxStore(mongo),
        new HistoryStore(mysql),
        new MarkStore(mysql));
  }
}
