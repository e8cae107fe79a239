-- What is to go out of history: of a conversation, from next_seq to through_seq. stage: 1 where what was young is to go too.
CREATE TABLE history_purge (
  conversation_id VARBINARY(255) NOT NULL PRIMARY KEY,
  next_seq BIGINT NOT NULL,
  through_seq BIGINT NOT NULL,
  stage TINYINT NOT NULL,
  tries INT NOT NULL,
  due_at BIGINT NOT NULL,
  KEY due (due_at)
);
