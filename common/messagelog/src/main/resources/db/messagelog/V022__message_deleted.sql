CREATE TABLE message_deleted (
  user_id VARBINARY(64) NOT NULL,
  conversation_id VARBINARY(255) NOT NULL,
  seq BIGINT NOT NULL,
  PRIMARY KEY (user_id, conversation_id, seq)
);
