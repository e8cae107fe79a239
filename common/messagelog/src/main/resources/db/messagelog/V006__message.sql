CREATE TABLE message (
  conversation_id VARBINARY(255) NOT NULL,
  seq BIGINT NOT NULL,
  send_id VARBINARY(64) NOT NULL,
  client_msg_id VARBINARY(128) NOT NULL,
  send_time BIGINT NOT NULL,
  body MEDIUMBLOB NOT NULL,
  PRIMARY KEY (conversation_id, seq),
  KEY client_msg (conversation_id, client_msg_id)
);
