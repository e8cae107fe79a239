-- Whose the conversations with a key are: a group's (second_id empty) or two users', the lower id first. Never changes.
CREATE TABLE conversation_owner (
  conversation_key VARBINARY(255) NOT NULL PRIMARY KEY,
  first_id VARBINARY(64) NOT NULL,
  second_id VARBINARY(64) NOT NULL
);
