INSERT IGNORE INTO conversation_owner (conversation_key, first_id, second_id)
SELECT group_id, group_id, '' FROM chat_group;
