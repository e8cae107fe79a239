CREATE TABLE message_parked (
  id_hash VARBINARY(32) NOT NULL,
  seq BIGINT NOT NULL,
  conversation_id MEDIUMBLOB NOT NULL,
  send_id MEDIUMBLOB NOT NULL,
  client_msg_id MEDIUMBLOB NOT NULL,
  send_time BIGINT NOT NULL,
  body MEDIUMBLOB NOT NULL,
  reason MEDIUMBLOB NOT NULL,
  PRIMARY KEY (id_hash, seq)
);
