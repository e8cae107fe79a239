CREATE TABLE outbox_conversation (
  conversation_id VARBINARY(255) NOT NULL PRIMARY KEY,
  last_version BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  attempts INT NOT NULL,
  claim BIGINT NOT NULL,
  KEY due (due_at)
);
