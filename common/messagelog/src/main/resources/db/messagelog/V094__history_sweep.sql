-- How far the look at all conversations for old messages has come.
CREATE TABLE history_sweep (
  name VARBINARY(64) NOT NULL PRIMARY KEY,
  conversation_id VARBINARY(255) NOT NULL,
  due_at BIGINT NOT NULL
);
