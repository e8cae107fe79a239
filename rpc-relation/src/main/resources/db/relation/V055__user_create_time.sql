-- Users by the time of their registration, as administrators count them.
ALTER TABLE user ADD KEY created (create_time);
