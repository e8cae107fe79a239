-- How far a lane was counted from history. through_offset: what history had when that was done, as an offset of the log.
CREATE TABLE sent_lane (
  lane INT NOT NULL PRIMARY KEY,
  conversation_id VARBINARY(255) NOT NULL,
  seq BIGINT NOT NULL,
  done TINYINT NOT NULL,
  through_offset BIGINT NOT NULL
);
