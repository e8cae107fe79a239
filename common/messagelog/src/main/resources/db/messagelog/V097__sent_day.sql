-- Messages of a day by senders and groups, of blocks with state 2.
CREATE TABLE sent_day (
  lane INT NOT NULL,
  day BIGINT NOT NULL,
  part INT NOT NULL,
  data MEDIUMBLOB NOT NULL,
  PRIMARY KEY (lane, day, part)
);
