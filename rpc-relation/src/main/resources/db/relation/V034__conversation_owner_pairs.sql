INSERT IGNORE INTO conversation_owner (conversation_key, first_id, second_id)
SELECT SUBSTRING(conversation_id, LOCATE('_', conversation_id) + 1),
  LEAST(owner_user_id, user_id), GREATEST(owner_user_id, user_id)
FROM conversation WHERE conversation_type IN (1, 4) ORDER BY create_time;
