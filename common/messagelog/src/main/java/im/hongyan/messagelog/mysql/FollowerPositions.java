package im.hongyan.messagelog.mysql;

import com.google.protobuf.InvalidProtocolBufferException;
import im.hongyan.drivers.mysql.MySql;
import im.hongyan.messagelog.lane.HistoryStore;
import im.hongyan.proto.sequencing.FollowerPosition;
import im.hongyan.wire.error.StoreUnavailableException;
import org.jdbi.v3.core.Handle;

/** The rows in which followers of the log keep their positions, with what they write. Stateless. */
final class FollowerPositions {
  private FollowerPositions() {}

  static FollowerPosition position(Handle handle, String follower, int lane) {
    return handle
        .createQuery("SELECT detail FROM sequence_position WHERE follower = ? AND lane = ?")
        .bind(0, MySql.id(follower))
        .bind(1, lane)
        .mapTo(byte[].class)
        .findOne()
        .map(FollowerPositions::parse)
        .orElse(HistoryStore.START);
  }

  private static FollowerPosition parse(byte[] bytes) {
    try {
      return FollowerPosition.parseFrom(bytes);
    } catch (InvalidProtocolBufferException e) {
      throw new StoreUnavailableException("sequence_position is damaged", e);
    }
  }

  /** Moves a position, which locks its row; false where it is not where it is expected. */
  static boolean move(
      Handle handle, String follower, int lane, long expected, FollowerPosition next) {
    if (expected == HistoryStore.START.getOffset()) {
      make(handle, follower, lane);
    }
    return handle.execute(
            "UPDATE sequence_position SET log_offset = ?, detail = ?"
                + " WHERE follower = ? AND lane = ? AND log_offset = ?",
            next.getOffset(),
            next.toByteArray(),
            MySql.id(follower),
            lane,
            expected)
        == 1;
  }

  /** Makes the row of a follower that has none. */
  private static void make(Handle handle, String follower, int lane) {
    handle.execute(
        "INSERT INTO sequence_position (follower, lane, log_offset, detail) VALUES (?, ?, ?, ?)"
            + " ON DUPLICATE KEY UPDATE lane = VALUES(lane)",
        MySql.id(follower),
        lane,
        HistoryStore.START.getOffset(),
        HistoryStore.START.toByteArray());
  }

  /** Puts a position, wherever it was. */
  static void put(Handle handle, String follower, int lane, FollowerPosition at) {
    handle.execute(
        "INSERT INTO sequence_position (follower, lane, log_offset, detail) VALUES (?, ?, ?, ?)"
            + " ON DUPLICATE KEY UPDATE log_offset = VALUES(log_offset), detail = VALUES(detail)",
        MySql.id(follower),
        lane,
        at.getOffset(),
        at.toByteArray());
  }
}
