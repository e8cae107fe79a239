package im.hongyan.relation;

import im.hongyan.kit.config.Settings;
import im.hongyan.kit.platform.ShareConfig;

/** Settings of rpc-relation. */
public record RelationConfig(ShareConfig share) {
  /** Reads section {@code share}. */
  public static RelationConfig from(Settings settings) {
    return new RelationConfig(ShareConfig.from(settings));
  }
}
