-- Users whose nickname or face has changed, until all who keep a copy know it. done_to is the last owner that does.
CREATE TABLE profile_change (
  user_id VARBINARY(64) NOT NULL PRIMARY KEY,
  operator_user_id VARBINARY(64) NOT NULL,
  changed_at BIGINT NOT NULL,
  change_count BIGINT NOT NULL,
  done_to VARBINARY(64) NOT NULL,
  KEY oldest (changed_at)
);
