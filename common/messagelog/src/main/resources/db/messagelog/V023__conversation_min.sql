CREATE TABLE conversation_min (
  conversation_id VARBINARY(255) NOT NULL PRIMARY KEY,
  min_seq BIGINT NOT NULL
);
