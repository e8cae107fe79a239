-- Entries up to this version are gone: who has an older copy must read everything.
ALTER TABLE version_log ADD COLUMN trimmed_to BIGINT NOT NULL DEFAULT 0;
