CREATE TABLE black (
  owner_user_id VARBINARY(64) NOT NULL,
  block_user_id VARBINARY(64) NOT NULL,
  create_time BIGINT NOT NULL,
  add_source INT NOT NULL,
  operator_user_id VARBINARY(64) NOT NULL,
  ex TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
  PRIMARY KEY (owner_user_id, block_user_id)
);
