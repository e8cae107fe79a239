ALTER TABLE message_deleted ADD KEY conversation (conversation_id, seq);
