-- Messages that go to very many users one by one. Receivers are numbered from 1 to total, and those up to done_to had
-- their turn. due_at is when the next step may begin, or the end of the lease of who makes one, whose number is claim.
-- state is 0 while it runs, 1 when done, 2 when cancelled.
CREATE TABLE batch_send (
  job_id VARBINARY(64) NOT NULL PRIMARY KEY,
  state TINYINT NOT NULL,
  to_all TINYINT NOT NULL,
  operation_id VARBINARY(128) NOT NULL,
  message MEDIUMBLOB NOT NULL,
  total BIGINT NOT NULL,
  done_to BIGINT NOT NULL,
  failed BIGINT NOT NULL,
  attempts INT NOT NULL,
  claim BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  due_at BIGINT NOT NULL,
  ended_at BIGINT NOT NULL,
  KEY due (state, due_at),
  KEY ended (state, ended_at)
);
