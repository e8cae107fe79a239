CREATE TABLE token (
  user_id VARBINARY(64) NOT NULL,
  platform_id INT NOT NULL,
  token_hash VARBINARY(32) NOT NULL,
  state INT NOT NULL,
  issued_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  usable_until BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (user_id, platform_id, token_hash)
);
