package im.hongyan.relation.clientconfig;

import im.hongyan.wire.id.UserId;

/**
 * One setting.
 *
 * @param userId whose it is; empty for everybody's
 */
public record ClientConfig(UserId userId, String key, String value) {}
