package im.hongyan.relation;

import im.hongyan.kit.config.Settings;
import im.hongyan.kit.config.ShareConfig;
import java.time.Duration;

/**
 * Settings of rpc-relation.
 *
 * @param maxGroupMembers members that a group may have
 * @param underscores whether new users and groups may have an underscore in their id
 * @param giveUpAfter age at which a notification that rpc-msg refuses becomes a dead letter
 */
public record RelationConfig(
    ShareConfig share, int maxGroupMembers, boolean underscores, Duration giveUpAfter) {
  private static final int DEFAULT_MAX_MEMBERS = 100_000;
  private static final int LARGEST_MAX_MEMBERS = 100_000;

  /** Reads sections {@code share} and {@code relation}. */
  public static RelationConfig from(Settings settings) {
    return new RelationConfig(
        ShareConfig.from(settings),
        settings.number("relation.group.maxMembers", DEFAULT_MAX_MEMBERS, 1, LARGEST_MAX_MEMBERS),
        settings.flag("relation.ids.underscores", true),
        settings.duration("relation.outbox.giveUpAfter", Duration.ofHours(24)));
  }
}
