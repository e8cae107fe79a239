-- When the messages of a row with is_msg_destruct are looked at next, in milliseconds. While a process looks at them it
-- is the end of its lease. NULL for other rows.
ALTER TABLE conversation ADD COLUMN destruct_at BIGINT, ADD KEY destructs (destruct_at);
