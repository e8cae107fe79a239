-- Dismissed groups: first they leave the lists of their members (lists_done = 0), then the members are removed from a
-- time on. done_to is the last member of the first part that is done.
CREATE TABLE group_dismissal (
  group_id VARBINARY(64) NOT NULL PRIMARY KEY,
  remove_from BIGINT NOT NULL,
  lists_done TINYINT NOT NULL,
  done_to VARBINARY(64) NOT NULL,
  KEY due (lists_done, remove_from)
);
