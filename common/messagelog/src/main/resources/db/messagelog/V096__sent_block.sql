-- Who sent when, for statistics. state: 0 as the log came, of any day, 1 of one day (since 1970, UTC), 2 so, and in sent_day too.
CREATE TABLE sent_block (
  lane INT NOT NULL,
  state TINYINT NOT NULL,
  day BIGINT NOT NULL,
  block BIGINT NOT NULL,
  first_sent BIGINT NOT NULL,
  last_sent BIGINT NOT NULL,
  messages INT NOT NULL,
  data MEDIUMBLOB NOT NULL,
  PRIMARY KEY (lane, state, day, block)
);
