CREATE TABLE user_command (
  command_id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  user_id VARBINARY(64) NOT NULL,
  type INT NOT NULL,
  uuid VARBINARY(255) NOT NULL,
  value TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
  ex TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
  create_time BIGINT NOT NULL,
  KEY by_user (user_id, type, uuid)
);
