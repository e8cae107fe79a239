ALTER TABLE conversation ADD COLUMN membership_version BIGINT NOT NULL DEFAULT 0;
