-- Members of groups whose conversation gets a mark: mentions by messages (seq and sender are the message's), and
-- announcements (seq 0, no sender). at_millis is when it was sent or made. everyone is the mark of all members but the
-- sender, 0 where only those named get one. named is a hongyan.sequencing.Mentions. done_to is the last user looked at.
-- marked, also a Mentions, names users whose row is marked and who have not been notified. last_step says that nobody
-- comes after done_to.
CREATE TABLE group_mention (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  group_id VARBINARY(64) NOT NULL,
  seq BIGINT NOT NULL,
  sender_user_id VARBINARY(64) NOT NULL,
  at_millis BIGINT NOT NULL,
  everyone INT NOT NULL,
  named MEDIUMBLOB NOT NULL,
  done_to VARBINARY(64) NOT NULL DEFAULT '',
  marked MEDIUMBLOB NOT NULL,
  last_step TINYINT NOT NULL DEFAULT 0,
  KEY of_group (group_id, id)
);
