-- When the reason of group_at_type came, or when its owner set it: what is older changes it no more.
ALTER TABLE conversation ADD COLUMN group_at_since BIGINT NOT NULL DEFAULT 0;
