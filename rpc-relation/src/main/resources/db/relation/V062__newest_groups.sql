-- Groups as administrators list and count them: by the time of their making, with their status.
ALTER TABLE chat_group ADD KEY newest (create_time, status);
