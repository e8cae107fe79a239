CREATE TABLE seq_user (
  user_id VARBINARY(64) NOT NULL,
  conversation_id VARBINARY(255) NOT NULL,
  min_seq BIGINT NOT NULL DEFAULT 0,
  max_seq BIGINT NOT NULL DEFAULT 0,
  read_seq BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (user_id, conversation_id)
);
