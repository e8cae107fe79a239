package im.hongyan.messagelog.lane;

/** A record of a lane as it lies in the log. */
public record LaneRecord(long offset, long appendedAtMillis, byte[] value) {}
