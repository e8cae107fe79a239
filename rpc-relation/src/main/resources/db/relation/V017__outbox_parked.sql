CREATE TABLE outbox_parked (
  client_msg_id VARBINARY(128) NOT NULL PRIMARY KEY,
  conversation_id VARBINARY(255) NOT NULL,
  reason VARCHAR(1024) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
  parked_at BIGINT NOT NULL,
  message MEDIUMBLOB NOT NULL
);
