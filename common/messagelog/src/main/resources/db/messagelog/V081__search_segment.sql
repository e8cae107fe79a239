-- Parts of the index of words, each of a stretch of a lane. place: their order. state: 0 is being made, 1 is read, 2 is to be removed.
CREATE TABLE search_segment (
  lane INT NOT NULL,
  segment BIGINT NOT NULL,
  place BIGINT NOT NULL,
  state TINYINT NOT NULL,
  messages INT NOT NULL,
  min_sent BIGINT NOT NULL,
  max_sent BIGINT NOT NULL,
  PRIMARY KEY (lane, segment)
);
