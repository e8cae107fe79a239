-- Conversation rows whose window the writer of history has changed, in the transaction of the change. Their owners'
-- lists do not show it yet. A row may stand here several times.
CREATE TABLE window_change (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  owner_user_id VARBINARY(64) NOT NULL,
  conversation_id VARBINARY(255) NOT NULL
);
