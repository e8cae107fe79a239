CREATE TABLE friend (
  owner_user_id VARBINARY(64) NOT NULL,
  friend_user_id VARBINARY(64) NOT NULL,
  remark VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
  create_time BIGINT NOT NULL,
  add_source INT NOT NULL,
  operator_user_id VARBINARY(64) NOT NULL,
  ex TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
  is_pinned TINYINT NOT NULL DEFAULT 0,
  PRIMARY KEY (owner_user_id, friend_user_id)
);
