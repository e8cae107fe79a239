CREATE TABLE version_log (
  kind INT NOT NULL,
  owner_id VARBINARY(64) NOT NULL,
  version_id VARBINARY(24) NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (kind, owner_id)
);
