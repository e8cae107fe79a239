CREATE TABLE sequence_position (
  follower VARBINARY(32) NOT NULL,
  lane INT NOT NULL,
  log_offset BIGINT NOT NULL,
  detail MEDIUMBLOB NOT NULL,
  PRIMARY KEY (follower, lane)
);
