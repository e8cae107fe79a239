-- How the index of a lane was built: by which terms, and how far out of history.
CREATE TABLE search_lane (
  lane INT NOT NULL PRIMARY KEY,
  format VARBINARY(64) NOT NULL,
  conversation_id VARBINARY(255) NOT NULL,
  seq BIGINT NOT NULL,
  done TINYINT NOT NULL
);
