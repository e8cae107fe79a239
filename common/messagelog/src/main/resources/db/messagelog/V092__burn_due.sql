-- Deletions of messages that were read, and when they are due. user_id: for whom, empty for everybody. seqs: hongyan.sequencing.Deletion.
CREATE TABLE burn_due (
  id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  conversation_id VARBINARY(255) NOT NULL,
  user_id VARBINARY(64) NOT NULL,
  seqs MEDIUMBLOB NOT NULL,
  due_at BIGINT NOT NULL,
  KEY due (due_at)
);
