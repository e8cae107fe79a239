-- listed: a user's conversations as they began. of_peer: the rows of others that are about a user.
ALTER TABLE conversation
  ADD KEY listed (owner_user_id, create_time),
  ADD KEY of_peer (user_id, owner_user_id);
