CREATE TABLE client_config (
  user_id VARBINARY(64) NOT NULL,
  config_key VARBINARY(255) NOT NULL,
  config_value TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
  PRIMARY KEY (user_id, config_key),
  KEY by_key (config_key, user_id)
);
