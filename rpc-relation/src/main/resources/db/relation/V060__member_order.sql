-- member_order: a group's members in their order are one range, the highest role first (rest-group.md 8.15).
-- joined: a user's groups, those that it owns or administers apart.
ALTER TABLE group_member
  DROP KEY member_order,
  ADD KEY member_order (group_id, role_level DESC, join_order),
  DROP KEY joined,
  ADD KEY joined (user_id, role_level);
