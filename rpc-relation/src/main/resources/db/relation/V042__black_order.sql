ALTER TABLE black
  ADD COLUMN add_order BIGINT NOT NULL DEFAULT 0,
  ADD KEY listed (owner_user_id, add_order);
