-- Messages that are deleted once they were read, until they are. seconds: after that. is_read: in a group, whether a member has read it.
CREATE TABLE message_burn (
  conversation_id VARBINARY(255) NOT NULL,
  seq BIGINT NOT NULL,
  send_id VARBINARY(64) NOT NULL,
  seconds INT NOT NULL,
  is_read TINYINT NOT NULL DEFAULT 0,
  PRIMARY KEY (conversation_id, seq)
);
