package im.hongyan.relation.user;

import im.hongyan.wire.id.UserId;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Looks users up. Safe for use by several threads; may block. */
@FunctionalInterface
public interface UserDirectory {
  /** Those of these users that exist, in the order asked, each once. */
  List<User> find(Collection<UserId> userIds);

  /** Those of these users that exist, by id. */
  default Map<UserId, User> byId(Collection<UserId> userIds) {
    return find(userIds).stream().collect(Collectors.toMap(User::userId, Function.identity()));
  }
}
