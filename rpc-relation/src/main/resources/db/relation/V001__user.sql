CREATE TABLE user (
  user_id VARBINARY(64) NOT NULL PRIMARY KEY,
  nickname VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
  face_url VARCHAR(1024) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
  ex TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci NOT NULL,
  app_manger_level INT NOT NULL,
  global_recv_msg_opt INT NOT NULL,
  create_time BIGINT NOT NULL
);
