CREATE TABLE outbox (
  conversation_id VARBINARY(255) NOT NULL,
  version BIGINT NOT NULL,
  client_msg_id VARBINARY(128) NOT NULL,
  operation_id VARBINARY(255) NOT NULL,
  created_at BIGINT NOT NULL,
  message MEDIUMBLOB NOT NULL,
  PRIMARY KEY (conversation_id, version)
);
