-- Who has a user on the blacklist.
ALTER TABLE black ADD KEY blocking (block_user_id, owner_user_id);
