CREATE TABLE friend_request (
  from_user_id VARBINARY(64) NOT NULL,
  to_user_id VARBINARY(64) NOT NULL,
  handle_result INT NOT NULL,
  req_msg TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
  create_time BIGINT NOT NULL,
  handler_user_id VARBINARY(64) NOT NULL,
  handle_msg TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
  handle_time BIGINT NOT NULL,
  ex TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
  PRIMARY KEY (from_user_id, to_user_id),
  KEY sent (from_user_id, create_time),
  KEY received (to_user_id, create_time),
  KEY unhandled (to_user_id, handle_result, create_time)
);
