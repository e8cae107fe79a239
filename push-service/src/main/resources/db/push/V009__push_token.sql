CREATE TABLE push_token (
  user_id VARBINARY(64) NOT NULL,
  platform_id INT NOT NULL,
  token VARBINARY(512) NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (user_id, platform_id)
);
