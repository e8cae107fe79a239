INSERT IGNORE INTO conversation_owner (conversation_key, first_id, second_id)
SELECT CONCAT(user_id, '_', user_id), user_id, user_id FROM user;
