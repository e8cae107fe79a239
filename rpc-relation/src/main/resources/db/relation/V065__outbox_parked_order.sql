-- Dead letters in the order of their refusal, which within a conversation is that of its notifications.
ALTER TABLE outbox_parked
  ADD COLUMN parked_number BIGINT NOT NULL AUTO_INCREMENT,
  ADD UNIQUE KEY parked_order (parked_number);
