package im.hongyan.relation.user;

import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Where users are kept. Safe for use by several threads. */
public interface UserStore {
  /**
   * Adds all of them, or none when one is there already.
   *
   * @return whether they were added
   */
  boolean addAll(List<User> users);

  /** Those of these users that exist. */
  List<User> find(Collection<String> userIds);

  /** Changes a nickname. */
  void rename(String userId, String nickname);

  /** The receive options of these users for everything, by user; those of 0 are left out. */
  Map<String, Integer> globalRecvMsgOpts(Collection<String> userIds);
}
