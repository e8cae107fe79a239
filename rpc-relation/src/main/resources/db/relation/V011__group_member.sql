CREATE TABLE group_member (
  group_id VARBINARY(64) NOT NULL,
  user_id VARBINARY(64) NOT NULL,
  nickname VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
  face_url VARCHAR(1024) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
  role_level INT NOT NULL,
  join_time BIGINT NOT NULL,
  join_source INT NOT NULL,
  inviter_user_id VARBINARY(64) NOT NULL,
  operator_user_id VARBINARY(64) NOT NULL,
  mute_end_time BIGINT NOT NULL,
  ex TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
  join_order BIGINT NOT NULL,
  join_version BIGINT NOT NULL,
  PRIMARY KEY (group_id, user_id),
  KEY member_order (group_id, role_level, join_order),
  KEY joined (user_id)
);
