-- Receivers of a batch that does not go to all users.
CREATE TABLE batch_send_receiver (
  job_id VARBINARY(64) NOT NULL,
  number BIGINT NOT NULL,
  user_id VARBINARY(64) NOT NULL,
  PRIMARY KEY (job_id, number)
);
