-- Receivers for whom the message of a batch was refused, the first of them.
CREATE TABLE batch_send_failure (
  job_id VARBINARY(64) NOT NULL,
  number BIGINT NOT NULL,
  user_id VARBINARY(64) NOT NULL,
  error_code INT NOT NULL,
  PRIMARY KEY (job_id, number)
);
