-- Rows that destruct already are looked at at once.
UPDATE conversation SET destruct_at = 0 WHERE is_msg_destruct = 1 AND msg_destruct_time > 0;
