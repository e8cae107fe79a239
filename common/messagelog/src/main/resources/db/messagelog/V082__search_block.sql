-- Sorted postings of a segment, some 4 KB a row. last_term: of the last posting in it.
CREATE TABLE search_block (
  lane INT NOT NULL,
  segment BIGINT NOT NULL,
  last_term BIGINT NOT NULL,
  block INT NOT NULL,
  data MEDIUMBLOB NOT NULL,
  PRIMARY KEY (lane, segment, last_term, block)
);
