-- Canonical order of friends: pinned ones first, then as they were added (rest-account.md 3.0). add_order grows with the
-- owner's version log. befriended: who has a user as a friend.
ALTER TABLE friend
  ADD COLUMN add_order BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN list_order BIGINT GENERATED ALWAYS AS (add_order - is_pinned * 4611686018427387904) STORED,
  ADD KEY listed (owner_user_id, list_order),
  ADD KEY befriended (friend_user_id, owner_user_id);
