CREATE TABLE version_log_entry (
  kind INT NOT NULL,
  owner_id VARBINARY(64) NOT NULL,
  element_id VARBINARY(255) NOT NULL,
  state INT NOT NULL,
  version BIGINT NOT NULL,
  last_update BIGINT NOT NULL,
  PRIMARY KEY (kind, owner_id, element_id),
  KEY changes (kind, owner_id, version)
);
