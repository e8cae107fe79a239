-- The numbers by which the index of words names conversations. Never changes.
CREATE TABLE search_conversation (
  number BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
  conversation_id VARBINARY(255) NOT NULL,
  UNIQUE KEY conversation (conversation_id)
);
