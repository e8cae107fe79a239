-- Numbers without gaps in the order of registration: of all users, and of those of level 0 or 1 (0 for others).
ALTER TABLE user
  ADD COLUMN user_number BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN ordinary_number BIGINT NOT NULL DEFAULT 0,
  ADD KEY all_users (user_number),
  ADD KEY ordinary_users (ordinary_number),
  ADD KEY accounts (app_manger_level, user_number),
  ADD KEY nicknames (nickname, app_manger_level);
