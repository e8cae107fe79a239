CREATE TABLE message_mark (
  conversation_id VARBINARY(255) NOT NULL,
  seq BIGINT NOT NULL,
  is_read TINYINT NOT NULL DEFAULT 0,
  is_erased TINYINT NOT NULL DEFAULT 0,
  revocation VARBINARY(2048),
  PRIMARY KEY (conversation_id, seq)
);
