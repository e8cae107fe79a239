-- Messages by day, of blocks with state 2. kind: 1 by senders in single chats, 2 by senders in groups, 3 by groups; id: of the sender or group.
CREATE TABLE sent_day (
  lane INT NOT NULL,
  kind TINYINT NOT NULL,
  day BIGINT NOT NULL,
  id VARBINARY(255) NOT NULL,
  messages BIGINT NOT NULL,
  PRIMARY KEY (lane, kind, day, id)
);
