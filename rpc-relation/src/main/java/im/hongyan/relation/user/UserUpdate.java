package im.hongyan.relation.user;

/** What became of a change of a user. */
enum UserUpdate {
  /** There is no such user. */
  NO_USER,
  /** Written, and what others keep a copy of is as it was. */
  WRITTEN,
  /** Written, with another nickname or face. */
  PROFILE_CHANGED
}
