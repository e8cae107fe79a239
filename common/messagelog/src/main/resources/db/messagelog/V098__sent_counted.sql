-- Up to which seq a conversation was counted from history, until the log has passed there as well.
CREATE TABLE sent_counted (
  lane INT NOT NULL,
  conversation_id VARBINARY(255) NOT NULL,
  seq BIGINT NOT NULL,
  PRIMARY KEY (lane, conversation_id)
);
