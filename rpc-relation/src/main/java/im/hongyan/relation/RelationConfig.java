package im.hongyan.relation;

import im.hongyan.kit.config.Settings;
import im.hongyan.kit.config.ShareConfig;
import java.time.Duration;

/**
 * Settings of rpc-relation.
 *
 * @param maxGroupMembers members that a group may have
 * @param maxFriends friends that a user may have
 * @param maxBlacks users that a blacklist may hold
 * @param underscores whether new users and groups may have an underscore in their id
 * @param batchSendsPerSecond messages a second that one process sends of jobs to very many users
 * @param giveUpAfter age at which a notification that rpc-msg refuses becomes a dead letter
 */
public record RelationConfig(
    ShareConfig share,
    int maxGroupMembers,
    int maxFriends,
    int maxBlacks,
    boolean underscores,
    int batchSendsPerSecond,
    Duration giveUpAfter) {
  private static final int DEFAULT_MAX_MEMBERS = 100_000;
  private static final int LARGEST_MAX_MEMBERS = 100_000;

  private static final int DEFAULT_MAX_FRIENDS = 10_000;
  private static final int DEFAULT_MAX_BLACKS = 10_000;
  private static final int LARGEST_MAX_FRIENDS = 100_000;

  /** Reads sections {@code share} and {@code relation}. */
  public static RelationConfig from(Settings settings) {
    return new RelationConfig(
        ShareConfig.from(settings),
        settings.number("relation.group.maxMembers", DEFAULT_MAX_MEMBERS, 1, LARGEST_MAX_MEMBERS),
        settings.number("relation.friend.max", DEFAULT_MAX_FRIENDS, 1, LARGEST_MAX_FRIENDS),
        settings.number("relation.black.max", DEFAULT_MAX_BLACKS, 1, LARGEST_MAX_FRIENDS),
        settings.flag("relation.ids.underscores", true),
        settings.number("relation.batchSend.perSecond", 500, 1, 100_000),
        settings.duration("relation.outbox.giveUpAfter", Duration.ofHours(24)));
  }
}
