package im.hongyan.msg.pull;

import im.hongyan.drivers.mongo.Mongo;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.drivers.redis.Redis;
import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.messagelog.lane.InboxStore;
import im.hongyan.messagelog.lane.LaneCache;
import im.hongyan.messagelog.lane.LaneViews;
import im.hongyan.messagelog.lane.MarkStore;
import im.hongyan.messagelog.mongo.MongoInboxStore;
import im.hongyan.messagelog.mysql.MySqlHistoryStore;
import im.hongyan.messagelog.mysql.MySqlMarkStore;
import im.hongyan.messagelog.redis.RedisLaneCache;
import im.hongyan.messagelog.redis.RedisLaneViews;

/** The stores that readers ask, in this order. */
public record ReadStores(
    LaneCache cache, LaneViews views, InboxStore inbox, HistoryStore history, MarkStore marks) {
  /** Readers over the connections. */
  public static ReadStores of(Redis redis, Mongo mongo, MySql mysql) {
    return new ReadStores(
        new RedisLaneCache(redis),
        new RedisLaneViews(redis),
        new MongoInboxStore(mongo),
        new MySqlHistoryStore(mysql),
        new MySqlMarkStore(mysql));
  }
}
