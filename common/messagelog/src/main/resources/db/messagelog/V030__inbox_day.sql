CREATE TABLE inbox_day (
  day INT NOT NULL,
  conversation_id VARBINARY(255) NOT NULL,
  first_seq BIGINT NOT NULL,
  PRIMARY KEY (day, conversation_id),
  KEY conversation (conversation_id, day)
);
