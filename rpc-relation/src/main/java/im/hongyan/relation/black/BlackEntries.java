package im.hongyan.relation.black;

import im.hongyan.proto.sdkws.BlackInfo;
import im.hongyan.wire.id.UserId;
import java.util.Collection;
import java.util.Map;

/** Looks up entries of blacklists. Safe for use by several threads; may block. */
@FunctionalInterface
public interface BlackEntries {
  /** An owner's entries of these users, by user; times in milliseconds, without profiles. */
  Map<UserId, BlackInfo> bareEntries(UserId owner, Collection<UserId> users);
}
