package im.hongyan.relation.user;

import im.hongyan.wire.id.UserId;
import java.util.Collection;
import java.util.List;

/** Looks users up. Safe for use by several threads; may block. */
@FunctionalInterface
public interface UserDirectory {
  /** Those of these users that exist, in the order asked, each once. */
  List<User> find(Collection<UserId> userIds);
}
