package im.hongyan.msg.pull;

import im.hongyan.drivers.mongo.Mongo;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.redis.Redis;
import im.hongyan.messagelog.mongo.InboxStore;
import im.hongyan.messagelog.mysql.HistoryStore;
import im.hongyan.messagelog.mysql.MarkStore;
import im.hongyan.messagelog.redis.LaneCache;
import im.hongyan.messagelog.redis.LaneViews;

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
