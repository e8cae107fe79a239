package im.hongyan.push.token;

/** Where push tokens are kept. Safe for use by several threads. */
public interface PushTokenStore {
  /** Forgets the token of a user's platform, if there is one. */
  void delete(String userId, int platformId);
}
