CREATE TABLE group_request (
  group_id VARBINARY(64) NOT NULL,
  user_id VARBINARY(64) NOT NULL,
  handle_result INT NOT NULL,
  req_msg TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
  handle_msg TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
  req_time BIGINT NOT NULL,
  handle_user_id VARBINARY(64) NOT NULL,
  handle_time BIGINT NOT NULL,
  join_source INT NOT NULL,
  inviter_user_id VARBINARY(64) NOT NULL,
  ex TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
  PRIMARY KEY (group_id, user_id),
  KEY newest (group_id, req_time),
  KEY own (user_id, req_time)
);
